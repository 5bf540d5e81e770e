"""What a tree can come to while one field runs through a stretch of its values: exactly so, between two bounds, or open.

Sound, never sharper than it can prove: where a stretch is not enough to tell, the answer is OPEN, and a shorter one is asked.
Each bound knows how fast it can move, so that figures that rest on the same field are not taken for strangers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kam_rules.backends.reference import ARITH, COMPARE, evaluate, judge, months
from kam_rules.model.amounts import half_even
from kam_rules.model.outcome import Verdict
from kam_rules.model.program import Derive, RuleList, Stage
from kam_rules.model.tree import (
    ZERO,
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
from kam_rules.model.types import Type
from kam_rules.pipeline.line import Line

Ends = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Sure:
    """This value all along the stretch; None is missing."""

    value: Value


@dataclass(frozen=True, slots=True)
class Span:
    """Some number all along the stretch, never missing; a day is its number in the calendar.

    Attributes:
        first: its value at one end of the stretch.
        last: its value at the other.
        low: no value is less.
        high: no value is more.
        slope: between any two places it gains at least so much a place, and at most so much.
        steps: the places from one end to the other.
    """

    first: Fraction
    last: Fraction
    low: Fraction
    high: Fraction
    slope: Ends
    steps: int


@dataclass(frozen=True, slots=True)
class Open:
    """Anything, missing included."""


OPEN = Open()
Might = Sure | Span | Open
Mights = dict[str, Might]


def along(line: Line, low: int, high: int) -> Might:
    """Return a field whose value is taken from one place of its line to another."""
    if low == high:
        return Sure(line.value(low))
    unit = Fraction(1, line.scale)
    return Span(low * unit, high * unit, low * unit, high * unit, (unit, unit), high - low)


def count(value: Value) -> Fraction | None:
    """Return a number, or the number of a day; None of anything else."""
    return value if isinstance(value, Fraction) else Fraction(value.toordinal()) if isinstance(value, dt.date) else None


def might(node: Node, facts: Mapping[str, Might]) -> Might:
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
    sure = [part.value for part in parts if isinstance(part, Sure)]
    return Sure(_exactly(node, sure)) if len(sure) == len(parts) else _over(node, parts)


def _over(node: Node, parts: list[Might]) -> Might:
    """Return what a node comes to over its parts, not all of them sure."""
    match node:
        case And() | Or():
            wins = isinstance(node, Or)
            return Sure(wins) if Sure(wins) in parts else OPEN
        case Known():
            return Sure(value=True) if isinstance(parts[0], Span) else OPEN
        case FirstKnown():
            return next((part for part in parts if part != Sure(None)), Sure(None))
        case Arith("/") if parts[1] == Sure(ZERO):
            return Sure(None)
    if Sure(None) in parts and not isinstance(node, Not):
        return Sure(None)
    steps = next((part.steps for part in parts if isinstance(part, Span)), 0)
    found = [_span(part, steps) for part in parts]
    return OPEN if None in found else _between(node, [part for part in found if part is not None])


def _span(part: Might, steps: int) -> Span | None:
    if not isinstance(part, Sure):
        return part if isinstance(part, Span) else None
    value = count(part.value)
    return None if value is None else Span(value, value, value, value, (ZERO, ZERO), steps)


def _exactly(node: Node, values: Iterable[Value]) -> Value:
    """Return the value of a node whose parts are known: the meaning itself, asked of literals."""
    literals = iter(values)

    def put(child: Node) -> Const:
        return Const(next(literals), type_of(child))

    match node:
        case And(items) | Or(items) | FirstKnown(items) | Extreme(_, items):
            node = replace(node, items=tuple(map(put, items)))
        case Not(item) | Known(item) | Round(item):
            node = replace(node, item=put(item))
        case Arith(_, left, right) | Compare(_, left, right):
            node = replace(node, left=put(left), right=put(right))
        case Days(start, end) | Months(start, end):
            node = replace(node, start=put(start), end=put(end))
    return evaluate(node, {})


def _between(node: Node, parts: list[Span]) -> Might:
    """Return what a node comes to between the bounds of its parts, by where each kind rises and falls."""
    match node:
        case Arith(op):
            return _arith(op, *parts)
        case Compare(op):
            return _compare(op, *parts)
        case Extreme(op):
            found = _extreme(min if op == "min" else max, parts)
            return Sure(_day(found.value)) if isinstance(found, Sure) and node.type is Type.DATE else found
        case Round(_, places):
            return _rounded(parts[0], places)
        case Days():
            return _arith("-", parts[1], parts[0])
        case Months():
            return _months(*parts)
    return OPEN


def _day(value: Value) -> Value:
    return dt.date.fromordinal(int(value)) if isinstance(value, Fraction) else value


def _close(first: Fraction, last: Fraction, ends: Ends, slope: Ends, steps: int) -> Might:
    """Return a span as narrow as its ends and its slope allow: what never falls lies between its first value and its last."""
    if slope[0] >= 0 or slope[1] <= 0:
        low, high = (first, last) if slope[0] >= 0 else (last, first)
    else:
        down, up = slope[0] * steps, slope[1] * steps
        low, high = max(ends[0], first + down, last - up), min(ends[1], first + up, last - down)
    return Sure(low) if low == high else Span(first, last, low, high, slope, steps)


def _times(left: Ends, right: Ends) -> Ends:
    if right[0] == right[1]:
        one, other = left[0] * right[0], left[1] * right[0]
        return (one, other) if right[0] >= 0 else (other, one)
    corners = [a * b for a in left for b in right]
    return min(corners), max(corners)


def _plus(left: Ends, right: Ends) -> Ends:
    return left[0] + right[0], left[1] + right[1]


def _minus(left: Ends, right: Ends) -> Ends:
    return left[0] - right[1], left[1] - right[0]


def _arith(op: str, left: Span, right: Span) -> Might:
    """Return a sum, difference, product or quotient; the slopes are those between any two places, not of one alone."""
    a, b = (left.low, left.high), (right.low, right.high)
    match op:
        case "+":
            ends, slope = _plus(a, b), _plus(left.slope, right.slope)
        case "-":
            ends, slope = _minus(a, b), _minus(left.slope, right.slope)
        case "*":
            ends, slope = _times(a, b), _plus(_times(a, right.slope), _times(left.slope, b))
        case _:
            if right.low <= 0 <= right.high:
                return OPEN
            over = 1 / right.high, 1 / right.low
            ends = _times(a, over)
            slope = _times(_minus(left.slope, _times(ends, right.slope)), over)
    return _close(ARITH[op](left.first, right.first), ARITH[op](left.last, right.last), ends, slope, left.steps)


def _compare(op: str, left: Span, right: Span) -> Might:
    """Return the truth of a comparison, by how far the left side is above the right one."""
    low, high = left.low - right.high, left.high - right.low
    if left.low != left.high and right.low != right.high:
        gap = _arith("-", left, right)
        low, high = (gap.low, gap.high) if isinstance(gap, Span) else (left.first - right.first,) * 2
    told = {COMPARE[op](low, ZERO), COMPARE[op](high, ZERO)}
    return OPEN if len(told) > 1 or (op in {"=", "!="} and low < 0 < high) else Sure(told.pop())


def _extreme(best: Callable[..., Fraction], parts: list[Span]) -> Might:
    ends = best(part.low for part in parts), best(part.high for part in parts)
    slope = min(part.slope[0] for part in parts), max(part.slope[1] for part in parts)
    return _close(best(part.first for part in parts), best(part.last for part in parts), ends, slope, parts[0].steps)


def _rounded(part: Span, places: int) -> Might:
    """Return a rounded span: between two places it can gain one unit more than what is rounded, or one less; never turn back."""
    unit = Fraction(1, 10**places)
    down, up = part.slope
    slope = (ZERO if down >= 0 else down - unit), (ZERO if up <= 0 else up + unit)
    first, last, low, high = (half_even(value, places) for value in (part.first, part.last, part.low, part.high))
    return _close(first, last, (low, high), slope, part.steps)


def _months(start: Span, end: Span) -> Might:
    """Return completed months: one day more at the end is one month more at most, one day more at the start one less at most."""

    def told(one: Fraction, other: Fraction) -> Fraction:
        return Fraction(months(dt.date.fromordinal(int(one)), dt.date.fromordinal(int(other))))

    ends = told(start.high, end.low), told(start.low, end.high)
    slope = min(end.slope[0], ZERO) - max(start.slope[1], ZERO), max(end.slope[1], ZERO) - min(start.slope[0], ZERO)
    return _close(told(start.first, end.first), told(start.last, end.last), ends, slope, start.steps)


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
