"""What was published: one run as the quotas of a period, and what each later one changed."""

from __future__ import annotations

from dataclasses import dataclass

from kam_rules.model.ledger import Entry


@dataclass(frozen=True, slots=True)
class Change:
    """One line of quota before and after, in smallest units; None where there was none, or is none any more."""

    team: str
    role: str
    holder: str
    name: str
    before: int | None
    after: int | None

    @property
    def delta(self) -> int:
        """What it gains."""
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication.

    Attributes:
        entry: the entry of the ledger that holds it.
        policy: name of the policy; `period` is its fiscal year.
        number: 1 for the first of a period, more for an amendment.
        run: the hash of the run; `amends` that of the run before it.
        changes: every line of quota, with what it was before.
        counts: whether its signature counts by the roster at hand.
    """

    entry: Entry
    policy: str
    period: str
    number: int
    run: str
    amends: str | None
    by: str
    reason: str
    currency: str
    minor: int
    changes: tuple[Change, ...]
    counts: bool
