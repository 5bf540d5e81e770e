"""Windows say over which rows of a watched table a condition must hold, and how often: one way a file.

A window is written under the key `KEY` of a trigger; its text matches `PATTERN`, whose named groups `lower` turns into
the part of the window that it says. A trigger may join one that names rows with one that counts them.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.watch import Window


class Way(Protocol):
    """One way to say a window."""

    KEY: str
    PATTERN: str
    SAMPLE: str
    __doc__: str | None

    def lower(self, numbers: dict[str, int], window: Window) -> Window:
        """Return the window with what this way says; the numbers are those of its text, each at least 1."""


def way(name: str) -> Way:
    """Return a window by its word."""
    return import_module(f"{__name__}.{name}")


def ways() -> tuple[str, ...]:
    """Return all words for windows."""
    return words_of(__path__)


def samples(key: str) -> tuple[str, ...]:
    """Return how windows under a key are written."""
    return tuple(way(name).SAMPLE for name in ways() if key == way(name).KEY)


def keys() -> tuple[str, ...]:
    """Return the keys under which windows are written, each once."""
    return tuple(dict.fromkeys(way(name).KEY for name in ways()))


def read(key: str, text: str, window: Window) -> Window | None:
    """Return the window with what a text says under a key; None where no way is written so."""
    for name in ways():
        found = way(name)
        match = re.fullmatch(found.PATTERN, text) if key == found.KEY else None
        if match:
            numbers = {group: int(value) for group, value in match.groupdict().items()}
            return found.lower(numbers, window) if min(numbers.values()) > 0 else None
    return None
