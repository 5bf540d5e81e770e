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
    """Return what holds where all parts hold.

    Words of one name that are ruled out apart are ruled out together; what a limit says, that its value is known, is left out.
    """
    kept: dict[Formula, None] = {}
    words: dict[str, frozenset[Word]] = {}
    flat = [part for found in parts for part in (found.parts if isinstance(found, All) else (found,))]
    for part in flat:
        if part is False:
            return False
        if isinstance(part, Among) and not part.inside:
            words[part.name] = words.get(part.name, frozenset()) | part.words
        elif part is not True:
            kept[part] = None
    kept |= {Among(name, found, inside=False): None for name, found in words.items()}
    implied = {name for part in kept if isinstance(part, Within | Among) for name in names(part)}
    kept = {part: None for part in kept if not (isinstance(part, Has) and part.known and part.name in implied)}
    return True if not kept else next(iter(kept)) if len(kept) == 1 else All(tuple(kept))


def some(parts: Iterable[Formula]) -> Formula:
    """Return what holds where at least one part holds; words of one name that are listed apart are listed together."""
    kept: dict[Formula, None] = {}
    words: dict[str, frozenset[Word]] = {}
    flat = [part for found in parts for part in (found.parts if isinstance(found, Some) else (found,))]
    for part in flat:
        if part is True:
            return True
        if isinstance(part, Among) and part.inside:
            words[part.name] = words.get(part.name, frozenset()) | part.words
        elif part is not False:
            kept[part] = None
    kept |= {Among(name, found, inside=True): None for name, found in words.items()}
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
