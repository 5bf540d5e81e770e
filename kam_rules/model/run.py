"""A check and a run: the policy of a day, the accounts as read, and what was decided of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kam_rules.model.book import Book
from kam_rules.model.policy import Policy, Ready
from kam_rules.model.quota import Look, Reconciled

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy without faults, and the accounts that were held against its data contract, if any."""

    policy: Policy
    ready: Ready | None = None
    book: Book | None = None

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
class Run:
    """A run.

    Attributes:
        policy: the policy as checked.
        ready: its program for the run's day.
        book: the accounts as read, with their faults.
        table: one row an account in the order of the source: `row`, the built-in columns, the base, the outcome
            columns of both stages, and of seating `tier`, `seat`, `seat_rank` and `lost_tier`; `state`, `action`.
        engine: the engine that decided.
        witness: what an independent engine confirmed; None where none was asked.
        reconciled: the gap and the quotas; None where the policy does not ask, or the data name no reps.
        look: what differs where the ladder alone was climbed again.
    """

    policy: Policy
    ready: Ready
    book: Book
    table: pl.DataFrame
    engine: str
    witness: Witnessed | None = None
    reconciled: Reconciled | None = None
    look: Look = field(default_factory=Look)

    @property
    def name(self) -> str:
        """Name and year of the policy, as a reader knows them."""
        return f"{self.policy.id} {self.policy.fiscal_year}"
