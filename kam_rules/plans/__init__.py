"""Kinds of incentive plans: one a file, with what it is for and against.

When to use a kind, and what speaks for and against it, are our own words: the article's lists are pictures.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of

OURS = "When to use a plan, and what speaks for and against it, are our own words; the source's lists are pictures."


class Kind(Protocol):
    """One kind of plan.

    `PARTS` are the parts that it has, by what they are measured on, one of each; `ONE_OF` tells that it has a single one
    of them. `MISFIT` is the kind of book that it does not fit: growth, risk, or nothing. `GOALS` are what it is measured by.
    """

    TITLE: str
    USE_WHEN: str
    PROS: tuple[str, ...]
    CONS: tuple[str, ...]
    GOALS: tuple[str, ...]
    PARTS: tuple[str, ...]
    ONE_OF: bool
    MISFIT: str
    __doc__: str | None


def kind(name: str) -> Kind:
    """Return a kind by its word."""
    return import_module(f"{__name__}.{name}")


def kinds() -> tuple[str, ...]:
    """Return all words for kinds."""
    return words_of(__path__)
