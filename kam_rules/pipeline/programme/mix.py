"""The two-by-two of article 001: what criteria look at, by share of weight, over each pair of the three axes.

The article names the square and not its axes, so all three pairs are shown. An empty quarter, or an axis with all weight
on one side, is a view that no criterion takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from kam_rules.model.amounts import percent
from kam_rules.model.policy import Policy
from kam_rules.model.program import Criterion
from kam_rules.pipeline.analyse.ground import Insight, insight

AXES = {
    "about": {"customer": "external", "us": "internal"},
    "horizon": {"current": "current", "future": "future"},
    "kind": {"quantitative": "quantitative", "qualitative": "qualitative"},
}
"""The axes as a policy tags them, with the article's words for each side."""


@dataclass(frozen=True)
class Quarter:
    """One quarter of a two-by-two: its sides by axis, its criteria, and their share of the weight."""

    sides: tuple[tuple[str, str], ...]
    criteria: tuple[str, ...]
    weight: Fraction

    @property
    def name(self) -> str:
        """The quarter as the article says it."""
        return ", ".join(AXES[axis][side] for axis, side in self.sides)


def quarters(policy: Policy) -> tuple[tuple[Quarter, ...], ...]:
    """Return the four quarters of each pair of axes."""
    return tuple(tuple(_quarters(policy, pair)) for pair in combinations(AXES, 2))


def _quarters(policy: Policy, pair: tuple[str, str]) -> Iterator[Quarter]:
    for sides in product(*(AXES[axis] for axis in pair)):
        wanted = tuple(zip(pair, sides, strict=True))
        found = [c for c in policy.program.criteria if set(wanted) <= set(c.tags)]
        yield Quarter(wanted, tuple(c.id for c in found), _sum(found))


def _sum(criteria: list[Criterion]) -> Fraction:
    return sum((c.weight for c in criteria), Fraction(0))


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask every axis, and every pair of axes of which both have weight on both sides."""
    where = policy.document.key_where("criteria")
    one_sided = set()
    for axis, sides in AXES.items():
        for side, word in sides.items():
            if _sum([c for c in policy.program.criteria if (axis, side) in c.tags]) == 1:
                one_sided.add(axis)
                other = next(name for key, name in sides.items() if key != side)
                message = f"all criteria are {word}: none is {other}"
                tag = next(key for key in sides if key != side)
                fix = f"add a criterion that is {other} ({axis}: {tag}), or waive this with the reason"
                yield insight("KR722", message, where, fix, subject=f"criteria.{axis}")
    for pair, found in zip(combinations(AXES, 2), quarters(policy), strict=True):
        empty = [quarter for quarter in found if not quarter.weight]
        if empty and not one_sided & set(pair):
            shares = "; ".join(f"{quarter.name} {percent(quarter.weight)}" for quarter in found)
            message = f"no criterion is {' or '.join(q.name for q in empty)} ({shares})"
            fix = "add a criterion that looks there, tag one that does, or waive this with the reason"
            yield insight("KR721", message, where, fix, subject=f"criteria.{'_'.join(pair)}")
    purposes = {dict(c.tags)["purpose"] for c in policy.program.criteria}
    if len(purposes) == 1 and len(policy.program.criteria) > 1:
        message = f"every criterion is for {min(purposes)}; article 001 names more purposes than one"
        fix = "name for each criterion what it is for, and add one for a purpose that is missing"
        yield insight("KR722", message, where, fix, subject="criteria.purpose")
