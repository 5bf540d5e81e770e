"""What a tree can come to while one field runs through a stretch of its values: exactly so, between two ends, or open.

Sound, never sharper than it can prove: where a stretch is not enough to tell, the answer is OPEN, and a shorter one is asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kam_rules.backends.reference import ARITH, COMPARE, days, evaluate, judge, months
from kam_rules.model.amounts import half_even
from kam_rules.model.outcome import Verdict
from kam_rules.model.program import Derive, RuleList, Stage
from kam_rules.model.tree import (
    And,
    Arith,
    Compare,
    Const,
    Days,
    Extreme,
    FirstKnown,
    If,
    Known,
    Months,
    Node,
    Not,
    Or,
    Read,
    Round,
    Value,
    children,
    type_of,
)


@dataclass(frozen=True, slots=True)
class Sure:
    """This value all along the stretch; None is missing."""

    value: Value


@dataclass(frozen=True, slots=True)
class Span:
    """Some value from `low` to `high`, both inclusive, never missing: numbers or days."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class Open:
    """Anything, missing included."""


OPEN = Open()
Might = Sure | Span | Open
Mights = dict[str, Might]
ORDERED = (Fraction, dt.date)


def might(node: Node, facts: Mapping[str, Might]) -> Might:  # noqa: PLR0911 - one case a kind of node
    """Return what a tree can come to."""
    match node:
        case Const(value):
            return Sure(value)
        case Read(name):
            return facts.get(name, Sure(None))
        case If(condition, then, otherwise):
            truth = might(condition, facts)
            if isinstance(truth, Sure):
                return Sure(None) if truth.value is None else might(then if truth.value else otherwise, facts)
            one, other = might(then, facts), might(otherwise, facts)
            return one if one == other and isinstance(one, Sure) and one.value is None else OPEN
    parts = [might(child, facts) for child in children(node)]
    if all(isinstance(part, Sure) for part in parts):
        return Sure(_exactly(node, [part.value for part in parts if isinstance(part, Sure)]))
    match node:
        case And() | Or():
            wins = isinstance(node, Or)
            return Sure(wins) if Sure(wins) in parts else OPEN
        case Known():
            return Sure(value=True) if isinstance(parts[0], Span) else OPEN
        case FirstKnown():
            return next((part for part in parts if part != Sure(None)), Sure(None))
    if Sure(None) in parts and not isinstance(node, Not):
        return Sure(None)
    ends = [_ends(part) for part in parts]
    return OPEN if None in ends else _between(node, [end for end in ends if end is not None])


def _ends(part: Might) -> tuple[Any, Any] | None:
    if isinstance(part, Span):
        return part.low, part.high
    return (part.value, part.value) if isinstance(part, Sure) and isinstance(part.value, ORDERED) else None


def _exactly(node: Node, values: list[Value]) -> Value:
    """Return the value of a node whose parts are known: the meaning itself, asked of stand-ins."""
    names = [f"{i}" for i in range(len(values))]
    stand_ins = iter(names)
    return evaluate(_over(node, lambda child: Read(next(stand_ins), type_of(child))), dict(zip(names, values, strict=True)))


def _over(node: Node, change: Callable[[Node], Node]) -> Node:
    match node:
        case And(items) | Or(items) | FirstKnown(items) | Extreme(_, items):
            return replace(node, items=tuple(map(change, items)))
        case Not(item) | Known(item) | Round(item):
            return replace(node, item=change(item))
        case Arith(_, left, right) | Compare(_, left, right):
            return replace(node, left=change(left), right=change(right))
        case Days(start, end) | Months(start, end):
            return replace(node, start=change(start), end=change(end))
    return node


def _between(node: Node, ends: list[tuple[Any, Any]]) -> Might:
    """Return what a node comes to between the ends of its parts, by where each kind rises and falls."""
    match node:
        case Arith(op):
            return _arith(op, *ends)
        case Compare(op):
            return _compare(op, *ends)
        case Extreme(op):
            best = min if op == "min" else max
            return span(best(low for low, _ in ends), best(high for _, high in ends))
        case Round(_, places):
            return span(half_even(ends[0][0], places), half_even(ends[0][1], places))
        case Days() | Months():
            count = days if isinstance(node, Days) else months
            (start, later), (end, last) = ends
            return span(Fraction(count(later, end)), Fraction(count(start, last)))
    return OPEN


def span(low: Any, high: Any) -> Might:  # noqa: ANN401 - numbers or days
    """Return what lies between two ends."""
    return Sure(low) if low == high else Span(low, high)


def _arith(op: str, left: tuple[Any, Any], right: tuple[Any, Any]) -> Might:
    if op == "/" and right[0] <= 0 <= right[1]:
        return OPEN
    corners = [ARITH[op](a, b) for a in left for b in right]
    return span(min(corners), max(corners))


def _compare(op: str, left: tuple[Any, Any], right: tuple[Any, Any]) -> Might:
    apart = left[1] < right[0] or right[1] < left[0]
    if op in {"=", "!="}:
        return Sure(op == "!=") if apart else OPEN
    told = {COMPARE[op](a, b) for a in left for b in right}
    return Sure(told.pop()) if len(told) == 1 else OPEN


def take(stage: Stage, facts: Mights) -> dict[str, Verdict | None]:
    """Take the steps of a stage for a stretch; a list whose outcome the stretch leaves open has None."""
    verdicts: dict[str, Verdict | None] = {}
    for step in stage.steps:
        if isinstance(step, Derive):
            facts[step.name] = might(step.node, facts)
            continue
        verdict = verdicts[step.id] = _judged(step, [might(rule.when, facts) for rule in step.rules])
        for i, (name, _) in enumerate(step.binds):
            given = OPEN if verdict is None else Sure(None) if verdict.rule is None else might(step.rules[verdict.rule].gives[i], facts)
            facts[name] = given
    return verdicts


def _judged(rules: RuleList, truths: list[Might]) -> Verdict | None:
    """Return the outcome of a list; rules below the first true one of a first list may stay open."""
    sure = [truth.value if isinstance(truth, Sure) else OPEN for truth in truths]
    if rules.hit.value == "first" and True in sure:
        first = sure.index(True)
        sure = [*sure[: first + 1], *(False for _ in sure[first + 1 :])]
    return None if OPEN in sure else judge(rules, sure)  # type: ignore[arg-type]
