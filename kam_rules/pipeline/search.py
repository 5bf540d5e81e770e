"""The nearest value of one field that turns an account's decision, all other values and all other accounts as they are.

A stretch of values is left out only where it is proved that the decision is one and the same all along it; so a change
that is found is the smallest, and where none is found there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from kam_rules.model.tree import Value
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.anew import NEVER, Anew, Decision
from kam_rules.pipeline.line import Line

STEPS = 10_000
"""Stretches of a field's values that are looked at before its question is left open."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A field, its value now, the nearest one that turns the decision, and to what; `none`: it is proved that there is none.

    `idle`: since nothing that the account's tier or state comes from reads the field. `unsettled`: after `STEPS` stretches
    neither a change was found nor was it proved that there is none.
    """

    field: Field
    now: Value
    to: Value = None
    decision: Decision = (None, None)
    none: bool = False
    idle: bool = False
    unsettled: bool = False


class _UnsettledError(Exception):
    """The question of a field is left open."""


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for changes of one account's fields that come to an outcome, or to any other than now."""

    anew: Anew
    outcome: str | None

    def wanted(self, made: Decision) -> bool:
        """Tell whether a decision is what is looked for."""
        if self.outcome is not None:
            return self.outcome in made
        return made != (self.anew.found.record["tier"], self.anew.found.record["state"])

    def turn(self, field_: Field) -> Turn | None:
        """Return the nearest change of a field; None where its values are free text."""
        now = self.anew.first.get(field_.name)
        if self.anew.idle(field_.name):
            return Turn(field_, now, none=True, idle=True)
        if field_.type is Type.FLAG or field_.type is Type.CATEGORY:
            values: tuple[Value, ...] = (False, True) if field_.type is Type.FLAG else field_.values
            told = ((value, self.anew.decided(field_.name, value)) for value in values if value != now)
            return next((Turn(field_, now, value, made) for value, made in told if self.wanted(made)), Turn(field_, now, none=True))
        if not field_.type.numeric and field_.type is not Type.DATE:
            return None
        line = Line.of(field_)
        try:
            best = self._nearest(field_, line, now)
        except _UnsettledError:
            return Turn(field_, now, unsettled=True)
        if best is None:
            return Turn(field_, now, none=True)
        return Turn(field_, now, line.value(best), self.anew.decided(field_.name, line.value(best)))

    def _nearest(self, field_: Field, line: Line, now: Value) -> int | None:
        """Return the nearest place that turns the decision, of two as near the lower one; None: proved, none does."""
        at, cuts = line.start(self.anew.program.as_of) if now is None else line.place(now), self.anew.cuts(field_)
        above, below = (max(at + (now is not None), line.least), line.most), (line.least, min(at - 1, line.most))
        heap = [_Piece.of(at, low, high) for ends in (below, above) for low, high in _pieces(cuts, *ends)]
        heapify(heap)
        for _ in range(STEPS):
            if not heap:
                return None
            piece = heappop(heap)
            made = self._made(field_, line, piece)
            if made is None:
                middle = (piece.low + piece.high) // 2
                heappush(heap, _Piece.of(at, piece.low, middle))
                heappush(heap, _Piece.of(at, middle + 1, piece.high))
            elif made is not NEVER and self.wanted(made):
                return piece.low if piece.above else piece.high
        raise _UnsettledError

    def _made(self, field_: Field, line: Line, piece: _Piece) -> Decision | None:
        if piece.low == piece.high:
            return self.anew.decided(field_.name, line.value(piece.low))
        return self.anew.along(field_.name, line, piece.low, piece.high, self.outcome)


class _Piece(NamedTuple):
    """A stretch on one side of where the search starts; the one whose near end is nearest is looked at first."""

    far: int
    above: bool
    low: int
    high: int

    @classmethod
    def of(cls, at: int, low: int, high: int) -> _Piece:
        above = low >= at
        return cls(low - at if above else at - high, above, low, high)


def _pieces(cuts: set[int], low: int, high: int) -> list[tuple[int, int]]:
    """Return the pieces of a stretch between places that start a new one."""
    if low > high:
        return []
    return [(start, end - 1) for start, end in pairwise([low, *sorted(place for place in cuts if low < place <= high), high + 1])]
