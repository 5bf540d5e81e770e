"""Who holds a quota and what of it comes from where: the nouns of the reconciliation.

Every amount is a whole number of smallest units of the policy's currency. Committed, supplement, hold-back and proration
stay in columns of their own for ever; only `total` adds them up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from kam_rules.model.errors import Finding
from kam_rules.model.ladder import Rung, Verdict

if TYPE_CHECKING:
    import polars as pl

TOTAL = "total"
"""The team of everybody, where the policy has one ladder for all, and the line of all teams together."""


class Kind(StrEnum):
    """The line of the reconciliation that an account stands on; only `decided` rolls up into a quota."""

    DECIDED = "decided"
    UNDECIDED = "undecided"
    PROSPECT = "prospect"
    LAPSED = "lapsed"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Holder:
    """A person or seat that holds a quota. `row` is its row in the table of reps, `prior` its quota of last year."""

    id: str
    name: str = ""
    manager: str = ""
    team: str = ""
    status: str = "active"
    start: dt.date | None = None
    end: dt.date | None = None
    prior: int | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """One line: what a holder is asked for, as a rep with its own book or as a manager of all that stands below.

    Attributes:
        accounts: decided accounts in scope on the line.
        aspirational: of a rep's own book alone; it never rolls up.
        supplement: what the ladder adds to reps; a manager's is the sum below.
        hold_back: what the manager carries alone; of a line above it, the sum below.
        proration: what a change within the year adds or takes.
        total: committed + supplement + hold_back + proration; None where no quota is assigned.
    """

    holder: Holder
    role: str
    team: str
    accounts: int
    base: int
    committed: int
    aspirational: int | None
    supplement: int = 0
    hold_back: int = 0
    proration: int = 0
    assigned: bool = True

    @property
    def total(self) -> int | None:
        """The total quota, or None where none is assigned."""
        return self.committed + self.supplement + self.hold_back + self.proration if self.assigned else None


@dataclass(frozen=True, slots=True)
class Part:
    """The accounts of one kind: how many, their base, and what they are asked for (of prospects: in absolute amounts)."""

    kind: Kind
    accounts: int = 0
    base: int = 0
    target: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One rung as it was asked: the gap at its edge, whether the gap lies within, and how far away the edge is."""

    rung: Rung
    edge: Fraction | None
    holds: bool
    chosen: bool
    margin: Fraction | None


@dataclass(frozen=True, slots=True)
class Share:
    """One holder's claim on the supplement, and what it got."""

    holder: str
    weight: Fraction
    least: Fraction
    most: Fraction | None
    locked: bool
    part: int
    headroom: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A named person's decision to go on after an escalation, and why."""

    how: str
    by: str
    reason: str
    on: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What differs from the policy's own words where the ladder alone was climbed again.

    Attributes:
        top_down: the figure from above instead, in smallest units.
        sets: assumptions replaced for the ladder alone, as they were written.
        decision: who decided to go on after an escalation.
        of: the hash of the run that was looked at again.
    """

    top_down: int | None = None
    sets: Mapping[str, str] = field(default_factory=dict)
    decision: Decision | None = None
    of: str = ""


@dataclass(frozen=True, slots=True)
class TeamOutcome:
    """One team, or all together: its lines, its gap, the rung, and who carries what.

    ``gap == supplement + hold_back + open - cushion``: `open` is what nobody carries (on plan: the remainder; escalated:
    all of it), `cushion` what the accounts bring beyond the top-down figure; of all teams together it is the sum of theirs,
    which makes up for no other team's shortfall. Of the hold-back, `rest` found no room under the caps and `residual`
    fills no whole unit.
    """

    team: str
    head: str
    parts: tuple[Part, ...]
    base: int
    bottom_up: int
    top_down: int
    top_down_is: str
    ratio: Fraction
    denominator: int
    rung: Rung
    steps: tuple[Step, ...]
    supplement: int = 0
    hold_back: int = 0
    open: int = 0
    cushion: int = 0
    rest: int = 0
    residual: int = 0
    shares: tuple[Share, ...] = ()
    faults: tuple[Finding, ...] = ()
    decision: Decision | None = None

    @property
    def gap(self) -> int:
        """Top-down less bottom-up: positive is a shortfall."""
        return self.top_down - self.bottom_up

    @property
    def verdict(self) -> Verdict:
        """What the rung says."""
        return self.rung.verdict

    @property
    def assigned(self) -> bool:
        """Whether quotas are written: not where a fault or an escalation without a decision stands."""
        return not self.faults and (self.verdict is not Verdict.ESCALATED or self.decision is not None)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Credit that is shown and never summed: a holder beside the owners of an account."""

    holder: str
    accounts: int
    base: int
    target: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A book reconciled.

    Attributes:
        teams: one a team, in order of name; with one ladder for all, that one alone.
        total: all teams together; the rung is what the ladder says of the total, the quotas are the teams'.
        quotas: one line a holder and role, in order of team, managers first, then id.
        overlays: credit beside the quotas.
        credits: one row an account and holder, see `kam_rules.pipeline.credit.credits`: account_id, row, holder, team,
            share (millionths), overlay, kind, tier, state and, in whole smallest units of that holder's share: base,
            target_amount, aspirational_amount, floor_amount, prospect_amount, NAME_amount for each baseline, each
            measure that a spread reads, and supplement.
        findings: what somebody should look at; a team's own faults stand with the team.
    """

    teams: tuple[TeamOutcome, ...]
    total: TeamOutcome
    quotas: tuple[Quota, ...]
    overlays: tuple[Overlay, ...]
    credits: pl.DataFrame
    holders: tuple[Holder, ...]
    findings: tuple[Finding, ...] = field(default=())
