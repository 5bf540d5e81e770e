"""Findings: one code a file; its docstring is the reference page of that code.

The first sentence says what the code means; a paragraph says why it matters and what was done; `Example:` shows what
causes it, `Instead:` what is right.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of


class Page(Protocol):
    """What a code means: a short title, how grave it is, and its page."""

    TITLE: str
    LEVEL: str
    __doc__: str | None


def codes() -> tuple[str, ...]:
    """Return all codes, in order, without importing any."""
    return tuple(word.upper() for word in words_of(__path__))


def page(code: str) -> Page:
    """Return the page of a code such as ``KR301``; the code is one of `codes()`."""
    return import_module(f"{__name__}.{code.lower()}")
