"""Of one field of one account, the values at the ends of what it could ask: least, most, and out of the quota.

A stretch of a number or of days is left out only where it is proved that nothing there is wanted; so of the values that ask for
least or for most the nearest to the recorded one is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from typing import Protocol

from kam_rules.model.tree import Value
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.stakes import Answer, Bound, Stakes

STEPS = 1000
"""Stretches that are looked at for one end before its question is left open."""
Rank = tuple[int, int, int]
"""The order in which stretches are looked at: open ones, then those that promise most, then the nearest."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The answers that ask for least and for most, the recorded one included, and the values that put the account out of scope.

    `settled`: that there are no others is proved.
    """

    least: Answer
    most: Answer
    out: tuple[Value, ...] = ()
    settled: bool = True


def ends(stakes: Stakes, now: Answer) -> Ends | None:
    """Return the ends of what a field could ask; None where its values are free text."""
    values = _values(stakes.field)
    if values is None:
        return None if stakes.field.type is Type.TEXT else _ordered(stakes, now)
    told = [answer for answer in map(stakes.asked, values) if answer is not None]
    tried = [now, *(answer for answer in told if answer.scope)]
    out = tuple(answer.value for answer in told if now.scope and not answer.scope)
    return Ends(min(tried, key=_quota), max(tried, key=_quota), out)


def _values(field: Field) -> Iterable[Value] | None:
    """Return all values of a field, where they can be listed."""
    if field.type is Type.FLAG:
        return (False, True)
    if field.type is Type.CATEGORY:
        return field.values
    if field.type is Type.RATING and field.least is not None and field.most is not None:
        return (Fraction(step) for step in range(int(field.least), int(field.most) + 1))
    return None


def _quota(answer: Answer) -> int:
    return answer.quota


def _ordered(stakes: Stakes, now: Answer) -> Ends:
    walk, least, most, out = _Walk(stakes), _End(now, -1), _End(now, 1), _Out()
    looks: list[_Wanted] = [least, most, *([out] if now.scope else [])]
    settled = [walk.over(wanted) for wanted in looks]
    return Ends(least.answer, most.answer, () if out.answer is None else (out.answer.value,), all(settled))


class _Wanted(Protocol):
    """What is looked for."""

    def rank(self, bound: Bound, far: int) -> Rank | None:
        """Return when to look at a stretch, by what it may ask and how far its near end is; None where it holds nothing wanted."""

    def see(self, answer: Answer, far: int) -> None:
        """Keep an answer if it is better than the one at hand."""


@dataclass
class _End:
    """The nearest answer in scope that asks for most (`sign` 1) or for least (-1)."""

    answer: Answer
    sign: int
    far: int = 0

    def rank(self, bound: Bound, far: int) -> Rank | None:
        end = bound.high if self.sign > 0 else bound.low
        if end is None:
            return (0, 0, far) if bound.scope else None
        return (1, -self.sign * end, far) if bound.scope and self._better(end, far) else None

    def see(self, answer: Answer, far: int) -> None:
        if answer.scope and self._better(answer.quota, far):
            self.answer, self.far = answer, far

    def _better(self, quota: int, far: int) -> bool:
        return (self.sign * quota, -far) > (self.sign * self.answer.quota, -self.far)


@dataclass
class _Out:
    """The nearest answer out of scope."""

    answer: Answer | None = None

    def rank(self, bound: Bound, far: int) -> Rank | None:
        return (0, 0, far) if self.answer is None and not bound.scope else None

    def see(self, answer: Answer, _: int) -> None:
        if not answer.scope and self.answer is None:
            self.answer = answer


class _Walk:
    """Walks the values of a field, from the stretches that promise most."""

    def __init__(self, stakes: Stakes) -> None:
        self.stakes, self.line = stakes, stakes.line
        self.recorded = stakes.found.facts.get(stakes.field.name)
        self.at = self.line.start(stakes.program.as_of) if self.recorded is None else self.line.place(self.recorded)
        self.told: dict[tuple[int, int], tuple[Bound, ...]] = {}

    def over(self, wanted: _Wanted) -> bool:
        """Show an end every answer that it may want; return whether none is left."""
        heap = list[tuple[Rank, int, int]]()
        up, down = max(self.line.least, self.at + (self.recorded is not None)), min(self.line.most, self.at - 1)
        self._push(heap, wanted, ((up, self.line.most), (self.line.least, down)))
        for _ in range(STEPS):
            if not heap:
                return True
            _, low, high = heappop(heap)
            if self._rank(wanted, low, high) is None:
                continue
            place = low if low >= self.at else high
            answer = self.stakes.asked(self.line.value(place))
            if answer is not None:
                wanted.see(answer, abs(place - self.at))
            if self._rank(wanted, low, high) is None or self._alike(low, high):
                continue
            low, high = (low + 1, high) if place == low else (low, high - 1)
            middle = (low + high) // 2
            self._push(heap, wanted, ((low, middle), (middle + 1, high)))
        return not heap

    def _push(self, heap: list[tuple[Rank, int, int]], wanted: _Wanted, stretches: Iterable[tuple[int, int]]) -> None:
        for low, high in stretches:
            rank = self._rank(wanted, low, high) if low <= high else None
            if rank is not None:
                heappush(heap, (rank, low, high))

    def _alike(self, low: int, high: int) -> bool:
        return self.stakes.alike(self.told[low, high], low, high)

    def _rank(self, wanted: _Wanted, low: int, high: int) -> Rank | None:
        if (low, high) not in self.told:
            self.told[low, high] = self.stakes.bounds(low, high)
        far = max(low - self.at, self.at - high)
        return min((rank for bound in self.told[low, high] if (rank := wanted.rank(bound, far)) is not None), default=None)
