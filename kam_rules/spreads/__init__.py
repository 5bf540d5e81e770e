"""Spreads say by what a supplement is divided: one word a file, lowered to a figure of each account, or to none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.document import Doc
from kam_rules.model.errors import Where
from kam_rules.model.schema import Schema
from kam_rules.model.tree import Read

Fault = Callable[[str, str, Where, str], None]


@dataclass(frozen=True, slots=True)
class Weight:
    """What a spread weighs by: an amount that every account has in the outcome, a figure to be kept, or nothing."""

    outcome: str = ""
    figure: Read | None = None
    text: str = ""


class Spreading(Protocol):
    """One way to divide an amount.

    `SCHEMA` is the shape of what stands behind the word, None where it stands alone; `lower` gets the money and number
    names that the policy can read.
    """

    SCHEMA: Schema | None

    def lower(self, doc: Doc, names: Mapping[str, Read], fault: Fault) -> Weight | None:
        """Return what the word weighs by, or None after a fault."""


def spread(name: str) -> Spreading:
    """Return a spread by its word."""
    return import_module(f"{__name__}.{name}")


def spreads() -> tuple[str, ...]:
    """Return all words for spreads."""
    return words_of(__path__)
