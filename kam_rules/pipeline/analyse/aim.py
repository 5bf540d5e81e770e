"""Bringing an account to a score: an option of every criterion, so that the composite lies in a window."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kam_rules.pipeline.analyse.formula import Formula, every, names
from kam_rules.pipeline.analyse.meaning import Meaning, Want
from kam_rules.pipeline.analyse.scores import FULL, Option, Reach, at, standing_in
from kam_rules.pipeline.analyse.solve import GivenUp, Model, solve

SLACK = Fraction(1, 4)
"""Points by which a line's score may miss what was aimed at, before the last line makes up for it."""


def ordered(reach: tuple[Reach, ...]) -> tuple[Reach, ...]:
    """Put criteria that read the same fields next to each other, lines last: what contradicts itself is met early."""
    groups: list[tuple[set[str], list[Reach]]] = []
    for found in reach:
        read = {name for option in found.options for name in names(option.when)}
        meeting = [group for group in groups if group[0] & read]
        groups = [group for group in groups if not group[0] & read]
        groups.append((read.union(*(g[0] for g in meeting)), [found, *(r for g in meeting for r in g[1])]))
    for _, reaches in groups:
        reaches.sort(key=lambda r: (r.criterion.line is not None, -r.criterion.weight))
    groups.sort(key=lambda group: (any(r.criterion.line is not None for r in group[1]), group[1][0].criterion.id))
    return tuple(reach for _, reaches in groups for reach in reaches)


class Aim:
    """Chooses an option of every criterion so that the composite lies in a window."""

    def __init__(self, meaning: Meaning, window: tuple[Fraction, Fraction], tries: int, *, lines: bool) -> None:
        """Aim at a window, with so many questions at most; `lines` tells whether a criterion scores by a line."""
        self.meaning, self.window, self.left, self.lines = meaning, window, tries, lines

    def walk(self, rest: tuple[Reach, ...], formulas: tuple[Formula, ...], points: Fraction, weight: Fraction) -> Iterator[Model]:
        """Walk accounts that fit the formulas and have an option of every criterion that is left."""
        if not self._can(rest, points, weight):
            return
        self.left -= 1
        if self.left < 0:
            return
        try:
            model = solve(self.meaning.world, formulas)
        except GivenUp:
            return
        if model is None:
            return
        if not rest:
            yield model
            return
        first, *others = rest
        for when, score in self._choices(first, tuple(others), points, weight):
            stands = standing_in(first.criterion) if score is None else score
            gain = (points, weight) if stands is None else (points + first.criterion.weight * stands, weight + first.criterion.weight)
            yield from self.walk(tuple(others), (*formulas, when), *gain)

    def _can(self, rest: tuple[Reach, ...], points: Fraction, weight: Fraction) -> bool:
        """Tell whether the criteria that are left can still bring the composite into the window, all of them known."""
        low = points + sum((r.criterion.weight * min((o.low for o in r.known if o.low is not None), default=0) for r in rest), Fraction(0))
        high = points + sum(
            (r.criterion.weight * max((o.high for o in r.known if o.high is not None), default=0) for r in rest), Fraction(0)
        )
        total = weight + sum((r.criterion.weight for r in rest), Fraction(0))
        slack = SLACK if self.lines else Fraction(0)
        return bool(total) and low / total <= self.window[1] + slack and high / total >= self.window[0] - slack

    def _choices(
        self, reach: Reach, others: tuple[Reach, ...], points: Fraction, weight: Fraction
    ) -> Iterator[tuple[Formula, Fraction | None]]:
        """Walk options of a criterion, those that leave the others the most room first."""
        criterion = reach.criterion
        share = self._share(criterion.weight, others, points, weight)
        if not others:
            yield from self._on_line(reach, share)
        fixed: list[Option] = [o for o in reach.known if o.low == o.high]
        for option in sorted(fixed, key=lambda o: abs((o.low or Fraction(0)) - share)):
            yield option.when, option.low
        if others:
            yield from self._on_line(reach, share)
        if len(reach.known) < len(reach.options):
            yield reach.options[-1].when, None

    def _share(self, own: Fraction, others: tuple[Reach, ...], points: Fraction, weight: Fraction) -> Fraction:
        """Return the score to aim at: an end where the window is open there, else what all that are left would need alike."""
        if others and self.window[1] >= FULL:
            return FULL
        if others and self.window[0] <= 0:
            return Fraction(0)
        left = own + sum((r.criterion.weight for r in others), Fraction(0))
        low, high = max(self.window[0], Fraction(0)), min(self.window[1], Fraction(100))
        wanted = ((low + high) / 2 * (weight + left) - points) / left
        return min(max(wanted, Fraction(0)), Fraction(100))

    def _on_line(self, reach: Reach, share: Fraction) -> Iterator[tuple[Formula, Fraction | None]]:
        criterion = reach.criterion
        if criterion.line is None:
            return
        worst, best = criterion.line
        between = [option for option in reach.known if option.low != option.high]
        for aimed, slack in ((share, Fraction(1, 50)), (share, SLACK)):
            ends = sorted(worst + (best - worst) * (aimed + by) / 100 for by in (-slack, slack))
            nodes = (at(criterion.measure, ">=", ends[0]), at(criterion.measure, "<=", ends[1]))
            if between and 0 < aimed < 100:  # noqa: PLR2004 - the ends of the line
                yield every([self.meaning.truth(node, Want.TRUE) for node in nodes]), aimed
