"""The ladder: what a policy says of the gap between what leadership asks for and the sum of fair targets.

Every amount is a whole number of smallest units of the policy's currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from kam_rules.model.errors import Where
from kam_rules.model.tree import Node
from kam_rules.model.year import Stress


class Verdict(StrEnum):
    """What a rung of the ladder says of a gap."""

    SURPLUS = "surplus"
    ON_PLAN = "on_plan"
    REP_SUPPLEMENT = "rep_supplement"
    MANAGER_SUPPLEMENT = "manager_supplement"
    SPLIT = "split"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Bound:
    """A cap or a minimum of one holder's supplement: a share of the holder's committed target, or an amount."""

    text: str
    share: Fraction | None = None
    amount: int | None = None

    def of(self, committed: int) -> Fraction:
        """Return the bound in smallest units."""
        return Fraction(self.amount or 0) if self.share is None else self.share * committed


@dataclass(frozen=True, slots=True)
class Spread:
    """How an amount is spread: by which word and which column of the book, without the accounts in some states."""

    word: str
    measure: str = ""
    leave_out: tuple[str, ...] = ()
    text: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: it holds gaps up to its edge (`below`: short of it), what it says of them, and how the gap is spread.

    Attributes:
        edge: the share of the named measure up to which it holds; None holds every gap.
        inclusive: the edge itself belongs to it.
        reps: the share of the gap that reps carry; the manager carries what is left.
        rest: who takes what the caps leave over: manager, or refuse.
        locked: parts that are fixed for a holder, by its id.
        accounts: how a rep's supplement goes down to its accounts; None where it does not.
    """

    id: str
    verdict: Verdict
    edge: Fraction | None = None
    inclusive: bool = True
    reps: Fraction = Fraction(0)
    spread: Spread | None = None
    cap: Bound | None = None
    least: Bound | None = None
    rest: str = ""
    locked: tuple[tuple[str, int], ...] = ()
    accounts: Spread | None = None
    plan: int | None = None
    because: str = ""
    text: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class TopDown:
    """The figure from above: an NRR of the base of decided accounts, one amount, or one amount a team."""

    per: str
    nrr: Node | None = None
    amounts: tuple[tuple[str, int], ...] = ()
    text: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the policy says of the gap.

    `tiers` and `states` are the scope (empty: all); `denominator` is top_down or bottom_up; `unit` is in smallest units;
    `most_change` limits a rep's total quota to so much over the prior one; `stress` decides nothing.
    """

    top_down: TopDown
    denominator: str
    ladder: tuple[Rung, ...]
    unit: int
    tiers: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    most_change: Fraction | None = None
    where: Where | None = None
    stress: Stress = field(default_factory=Stress)
