"""What an engine returns: per list the deciding rule and what was unknown, and the figures that are kept.

Engines are compared on exactly this. In a table each account is a row: `LIST.rule` is the deciding rule's number or
-1, `LIST.true` and `LIST.unknown` are masks in words of 62 bits, and each kept figure is a whole number of its
smallest unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kam_rules.model.program import Hit, RuleList, Stage
from kam_rules.model.tree import Value
from kam_rules.model.types import Type

WORD = 62
NONE = -1
EPOCH = dt.date(1970, 1, 1)

Stored = int | str | bool | dt.date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one list for one account; masks have bit i for rule i."""

    rule: int | None = None
    true: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one stage for one account."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    figures: Mapping[str, Value] = field(default_factory=dict)


def words(rules: int) -> int:
    """Return how many words a mask of so many rules takes."""
    return -(-rules // WORD)


def columns(found: RuleList) -> tuple[str, ...]:
    """Return the table columns of one list's outcome."""
    count = range(words(len(found.rules)))
    unknown = tuple(f"{found.id}.unknown.{i}" for i in count)
    if found.hit is Hit.COLLECT:
        return (*(f"{found.id}.true.{i}" for i in count), *unknown)
    return (f"{found.id}.rule", *unknown)


def store(value: Value, places: int) -> Stored:
    """Return a value as a table keeps it: numbers as whole numbers of the smallest unit."""
    if not isinstance(value, Fraction):
        return value
    scaled = value * 10**places
    if scaled.denominator != 1:
        message = f"{value} does not fit {places} decimals"
        raise ValueError(message)
    return int(scaled)


def restore(value: Stored, type_: Type, places: int) -> Value:
    """Return a stored value in the unit of its field."""
    return Fraction(value, 10**places) if type_.numeric and isinstance(value, int) else value  # type: ignore[return-value]


def flatten(stage: Stage, outcome: Outcome) -> dict[str, Stored]:
    """Return the outcome as one row of the table."""
    row: dict[str, Stored] = {}
    for found in stage.lists:
        verdict = outcome.verdicts[found.id]
        masks = {"unknown": verdict.unknown}
        if found.hit is Hit.COLLECT:
            masks["true"] = verdict.true
        else:
            row[f"{found.id}.rule"] = NONE if verdict.rule is None else verdict.rule
        for kind, mask in masks.items():
            for i in range(words(len(found.rules))):
                row[f"{found.id}.{kind}.{i}"] = mask >> (WORD * i) & (2**WORD - 1)
    for figure in stage.kept:
        row[figure.name] = store(outcome.figures[figure.name], figure.places or 0)
    return row


def mask(row: Mapping[str, Stored], list_id: str, kind: str) -> int:
    """Return one mask of a row as a whole number of any size."""
    total, i = 0, 0
    while f"{list_id}.{kind}.{i}" in row:
        total |= int(row[f"{list_id}.{kind}.{i}"] or 0) << (WORD * i)  # type: ignore[arg-type]
        i += 1
    return total


def verdict(row: Mapping[str, Stored], found: RuleList) -> Verdict:
    """Return one list's outcome from a row of the table."""
    unknown = mask(row, found.id, "unknown")
    if found.hit is Hit.COLLECT:
        return Verdict(true=mask(row, found.id, "true"), unknown=unknown)
    number = row[f"{found.id}.rule"]
    return Verdict(rule=None if number == NONE else int(number), unknown=unknown)  # type: ignore[arg-type]
