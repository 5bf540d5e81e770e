"""What a decision takes from earlier ones: the tier an account holds, since when, and how long it has fallen short of it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kam_rules.model.types import Field, Type

HISTORY = "history"
"""The table beside the accounts that earlier decisions stand in."""
TIER_BEFORE, STATE_BEFORE, SINCE, STREAK = "tier_before", "state_before", "tier_since", "reviews_below"
NAMES = (TIER_BEFORE, STATE_BEFORE, SINCE, STREAK)


def fields(tiers: Iterable[str], states: Iterable[str]) -> tuple[Field, ...]:
    """Return the facts that history gives of each account; an account without history lacks them all.

    `tier_since` is missing, too, for an account that never held a tier, so that it waits for nothing.
    """
    return (
        Field(TIER_BEFORE, Type.CATEGORY, 0, values=tuple(tiers), meaning="The tier that it holds, from its last review", beside=HISTORY),
        Field(STATE_BEFORE, Type.CATEGORY, 0, values=tuple(states), meaning="The state of its last review", beside=HISTORY),
        Field(SINCE, Type.DATE, 0, meaning="The day on which it came to hold that tier", beside=HISTORY),
        Field(STREAK, Type.INTEGER, 0, least=Fraction(0), meaning="Its latest reviews in a row without a seat of its own", beside=HISTORY),
    )
