"""Whole numbers that keep several sums within their limits: found, or proved not to exist.

The general simplex of Dutertre and de Moura ("A fast linear-arithmetic solver for DPLL(T)", CAV 2006) over exact
fractions, with branch and bound for whole numbers. Work is bounded: see `PIVOTS` and `SPLITS`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kam_rules.pipeline.analyse.formula import Bound, Terms

PIVOTS = 400
"""Steps of one search for a point; past them the question is given up."""
SPLITS = 60
"""Points that are split for whole numbers before the question is given up."""
Limits = tuple[Bound, Bound]


class GivenUp(Exception):
    """The bound on work was reached; neither a point nor a proof was found."""


@dataclass(frozen=True)
class Problem:
    """Limits of each number, limits of each sum, and the value that each number takes where nothing moves it."""

    numbers: Mapping[str, Limits]
    sums: Mapping[Terms, Limits]
    wished: Mapping[str, int]


def solve(problem: Problem) -> dict[str, int] | None:
    """Return whole numbers within all limits, or None where there are none.

    Raises:
        GivenUp: neither was found within the bound.
    """
    inner = _point(_tightened(problem))
    if inner is not None:
        return {name: round(value) for name, value in inner.items()}
    agenda = [problem]
    for _ in range(SPLITS):
        if not agenda:
            return None
        here = agenda.pop()
        point = _point(here)
        if point is None:
            continue
        broken = next((name for name, value in point.items() if value.denominator != 1), None)
        if broken is None:
            return {name: int(value) for name, value in point.items()}
        low, high = here.numbers[broken]
        floor = math.floor(point[broken])
        halves = ((floor + 1, high), (low, floor))
        agenda += [replace(here, numbers={**here.numbers, broken: half}) for half in halves]
    if not agenda:
        return None
    raise GivenUp


def _tightened(problem: Problem) -> Problem:
    """Return limits so much closer that each number of a point within them can be rounded; then it keeps the real ones."""
    sums = {}
    for terms, (low, high) in problem.sums.items():
        room = (sum(abs(by) for _, by in terms) + 1) // 2
        sums[terms] = (None if low is None else low + room, None if high is None else high - room)
    return replace(problem, sums=sums)


def _point(problem: Problem) -> dict[str, Fraction] | None:
    """Return a point within all limits, not always of whole numbers."""
    if any(_above(low, high) for low, high in (*problem.numbers.values(), *problem.sums.values())):
        return None
    tableau = _Tableau(problem)
    for _ in range(PIVOTS):
        found = tableau.step()
        if found is not None:
            return tableau.point() if found else None
    raise GivenUp


def _above(low: Bound, high: Bound) -> bool:
    return low is not None and high is not None and low > high


class _Tableau:
    """Basic numbers as sums of the others; the others stay within their limits."""

    def __init__(self, problem: Problem) -> None:
        self.names = list(problem.numbers)
        index = {name: i for i, name in enumerate(self.names)}
        self.limits: list[Limits] = [*problem.numbers.values(), *problem.sums.values()]
        first = len(self.names)
        self.rows = {first + i: {index[name]: Fraction(by) for name, by in terms} for i, terms in enumerate(problem.sums)}
        self.values = [Fraction(clamp(problem.wished.get(name, 0), *limits)) for name, limits in problem.numbers.items()]
        self.values += [sum((by * self.values[j] for j, by in row.items()), Fraction(0)) for row in self.rows.values()]

    def point(self) -> dict[str, Fraction]:
        return {name: self.values[i] for i, name in enumerate(self.names)}

    def step(self) -> bool | None:
        """Mend one number: True where all are within their limits, False where one cannot be mended."""
        for basic in sorted(self.rows):
            low, high = self.limits[basic]
            value = self.values[basic]
            if low is not None and value < low:
                return self._mend(basic, Fraction(low), upward=True)
            if high is not None and value > high:
                return self._mend(basic, Fraction(high), upward=False)
        return True

    def _mend(self, basic: int, wanted: Fraction, *, upward: bool) -> bool | None:
        row = self.rows[basic]
        for other in sorted(row):
            low, high = self.limits[other]
            rises = (row[other] > 0) is upward
            room = high is None or self.values[other] < high if rises else low is None or self.values[other] > low
            if room:
                self._pivot(basic, other, wanted)
                return None
        return False

    def _pivot(self, basic: int, other: int, wanted: Fraction) -> None:
        row = self.rows.pop(basic)
        by = row.pop(other)
        move = (wanted - self.values[basic]) / by
        self.values[basic] = wanted
        self.values[other] += move
        for i, found in self.rows.items():
            if other in found:
                self.values[i] += found[other] * move
        new = {basic: 1 / by} | {j: -factor / by for j, factor in row.items()}
        for found in self.rows.values():
            factor = found.pop(other, None)
            if factor is not None:
                for j, share in new.items():
                    total = found.get(j, Fraction(0)) + factor * share
                    if total:
                        found[j] = total
                    else:
                        found.pop(j, None)
        self.rows[other] = new


def clamp(value: int, low: Bound, high: Bound) -> int:
    """Return the value, or the end that it lies beyond."""
    if low is not None and value < low:
        return low
    return high if high is not None and value > high else value
