"""The agenda of a review: the accounts to talk about, why, what is at stake, and what each would gain or lose."""

from __future__ import annotations

from dataclasses import dataclass

PROPOSED, HELD, OVERDUE, OVER, STALE = "proposed", "held", "overdue", "over_invested", "stale"
KINDS = (PROPOSED, HELD, OVERDUE, OVER, STALE)


@dataclass(frozen=True, slots=True)
class Item:
    """One account for one reason: `base` is the money at stake, in the smallest unit; `gains` and `loses` are entitlements."""

    kind: str
    account_id: str
    name: str
    owner: str
    tier: str
    base: int
    what: str
    why: str
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agenda:
    """The items that a meeting can take, by money at stake, and how many there are of each kind in all.

    `left_out` says what could not be looked at, and what the policy or the data would have to say.
    """

    items: tuple[Item, ...]
    counts: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many items there are in all."""
        return sum(count for _, count in self.counts)
