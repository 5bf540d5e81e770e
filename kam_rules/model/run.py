"""A check and a run: the policy of a day, the accounts as read, and what was decided of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kam_rules.model.book import Book
from kam_rules.model.errors import Finding
from kam_rules.model.override import Overridden
from kam_rules.model.parts import Parts
from kam_rules.model.policy import Policy, Ready
from kam_rules.model.quota import Look, Reconciled
from kam_rules.model.standing import Standing
from kam_rules.model.waiver import Waiver
from kam_rules.model.weight import Edge, Weight


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy without faults, what is to be said of it, and the accounts that it was held against, if any.

    Attributes:
        policy: the policy.
        on: the day that waivers were held against.
        findings: what counts, in the order of its places; `waived` is what somebody accepted.
        weights: by code and subject, the accounts that a finding touches.
        edges: the edges of the policy with accounts within `within` of them.
    """

    policy: Policy
    ready: Ready | None = None
    book: Book | None = None
    on: dt.date | None = None
    findings: tuple[Finding, ...] = ()
    waived: tuple[tuple[Finding, Waiver], ...] = ()
    weights: Mapping[tuple[str, str], Weight] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    within: Fraction = Fraction(0)

    @property
    def refused(self) -> int:
        """How many rows the contract refuses."""
        return self.book.refused if self.book else 0


@dataclass(frozen=True, slots=True)
class Witnessed:
    """How many accounts an independent engine decided again with the same answers, and how they were chosen."""

    engine: str
    accounts: int
    sample: int
    edges: int
    own: int


@dataclass(frozen=True, slots=True)
class Taken:
    """How many seats of a bounded tier are taken, and the lowest score that got one, as the table stores it."""

    seats: int
    lowest: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run.

    Attributes:
        policy: the policy as checked.
        ready: its program for the run's day.
        book: the accounts as read, with their faults.
        table: one row an account in the order of the source: `row`, the built-in columns, the base, the outcome
            columns of the stages, and of seating `tier`, `seat`, `seat_rank` and `lost_tier`; `state`, `action`.
        engine: the engine that decided.
        seats: for each tier with bounded seats, those that are taken.
        witness: what an independent engine confirmed; None where none was asked.
        reconciled: the gap and the quotas; None where the policy does not ask, or the data name no reps.
        look: what differs where the ladder alone was climbed again.
        standing: whether the policy was in force, and where the ledger ended, when the run was made.
        overridden: what people put in the place of what was computed; None where no overrides were named.
    """

    policy: Policy
    ready: Ready
    book: Book
    table: Parts
    engine: str
    seats: Mapping[str, Taken]
    witness: Witnessed | None = None
    reconciled: Reconciled | None = None
    look: Look = field(default_factory=Look)
    standing: Standing = field(default_factory=Standing)
    overridden: Overridden | None = None

    @property
    def whole(self) -> bool:
        """Whether all accounts of the book are here; of a large run, one account is explained from the part it stands in."""
        return self.table.height == self.book.rows - self.book.aside.height - self.book.refused

    @property
    def name(self) -> str:
        """Name and year of the policy as a reader knows them, whether it is a draft, and the head of the ledger."""
        return f"{self.policy.id} {self.policy.fiscal_year}{self.standing.brief}"
