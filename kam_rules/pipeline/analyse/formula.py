"""Formulas over what an account can be: all that is said of a condition before it is proved or refuted.

A number is counted in its smallest unit, so every number is whole and "above 5" is "at least one unit more".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

Terms = tuple[tuple[str, int], ...]
"""A sum of whole multiples of numbers, its first factor above 0 and all of them without a common divisor."""
Bound = int | None
Word = str | bool


class Within(NamedTuple):
    """The sum lies between two ends, both inclusive; None is no end. The numbers that it sums are known."""

    terms: Terms
    low: Bound
    high: Bound


class Among(NamedTuple):
    """The word is one of these, or none of these. It is known."""

    name: str
    words: frozenset[Word]
    inside: bool


class Has(NamedTuple):
    """The value is known, or missing."""

    name: str
    known: bool


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Formula, ...]


Literal = Within | Among | Has
Formula = bool | Within | Among | Has | All | Some


def every(parts: Iterable[Formula]) -> Formula:
    """Return what holds where all parts hold."""
    kept: dict[Formula, None] = {}
    for part in parts:
        if part is False:
            return False
        if isinstance(part, All):
            kept |= dict.fromkeys(part.parts)
        elif part is not True:
            kept[part] = None
    return True if not kept else next(iter(kept)) if len(kept) == 1 else All(tuple(kept))


def some(parts: Iterable[Formula]) -> Formula:
    """Return what holds where at least one part holds."""
    kept: dict[Formula, None] = {}
    for part in parts:
        if part is True:
            return True
        if isinstance(part, Some):
            kept |= dict.fromkeys(part.parts)
        elif part is not False:
            kept[part] = None
    return False if not kept else next(iter(kept)) if len(kept) == 1 else Some(tuple(kept))


def names(formula: Formula) -> Iterable[str]:
    """Walk the names that a formula speaks of; a name may come up more than once."""
    if isinstance(formula, Within):
        yield from (name for name, _ in formula.terms)
    elif isinstance(formula, Among | Has):
        yield formula.name
    elif isinstance(formula, All | Some):
        for part in formula.parts:
            yield from names(part)
