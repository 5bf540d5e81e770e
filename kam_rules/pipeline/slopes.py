"""What figures come to that move together: sums, quotients and roundings of numbers that run through a stretch.

Each knows its bounds and how fast it can move, so that figures that rest on the same field are not taken for strangers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.backends.reference import ARITH, COMPARE, months
from kam_rules.model.amounts import half_even
from kam_rules.model.tree import ZERO, Value

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


def count(value: Value) -> Fraction | None:
    """Return a number, or the number of a day; None of anything else."""
    return value if isinstance(value, Fraction) else Fraction(value.toordinal()) if isinstance(value, dt.date) else None


def as_span(part: Might, steps: int) -> Span | None:
    """Return a number or a day that stays as it is as a span of one value; None where there may be none, or of anything else."""
    if not isinstance(part, Sure):
        return part if isinstance(part, Span) else None
    value = count(part.value)
    return None if value is None else Span(value, value, value, value, (ZERO, ZERO), steps)


def day(value: Value) -> Value:
    """Return the day of a number in the calendar."""
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


def arith(op: str, left: Span, right: Span) -> Might:
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


def compare(op: str, left: Span, right: Span) -> Might:
    """Return the truth of a comparison, by how far the left side is above the right one."""
    low, high = left.low - right.high, left.high - right.low
    if left.low != left.high and right.low != right.high:
        gap = arith("-", left, right)
        low, high = (gap.low, gap.high) if isinstance(gap, Span) else (left.first - right.first,) * 2
    told = {COMPARE[op](low, ZERO), COMPARE[op](high, ZERO)}
    return OPEN if len(told) > 1 or (op in {"=", "!="} and low < 0 < high) else Sure(told.pop())


def extreme(best: Callable[..., Fraction], parts: list[Span]) -> Might:
    """Return the smallest or largest of some spans: it moves no faster than the fastest of them."""
    ends = best(part.low for part in parts), best(part.high for part in parts)
    slope = min(part.slope[0] for part in parts), max(part.slope[1] for part in parts)
    return _close(best(part.first for part in parts), best(part.last for part in parts), ends, slope, parts[0].steps)


def rounded(part: Span, places: int) -> Might:
    """Return a rounded span: between two places it can gain one unit more than what is rounded, or one less; never turn back."""
    unit = Fraction(1, 10**places)
    down, up = part.slope
    slope = (ZERO if down >= 0 else down - unit), (ZERO if up <= 0 else up + unit)
    first, last, low, high = (half_even(value, places) for value in (part.first, part.last, part.low, part.high))
    return _close(first, last, (low, high), slope, part.steps)


def whole_months(start: Span, end: Span) -> Might:
    """Return completed months: one day more at the end is one month more at most, one day more at the start one less at most."""

    def told(one: Fraction, other: Fraction) -> Fraction:
        return Fraction(months(dt.date.fromordinal(int(one)), dt.date.fromordinal(int(other))))

    ends = told(start.high, end.low), told(start.low, end.high)
    slope = min(end.slope[0], ZERO) - max(start.slope[1], ZERO), max(end.slope[1], ZERO) - min(start.slope[0], ZERO)
    return _close(told(start.first, end.first), told(start.last, end.last), ends, slope, start.steps)
