"""How many accounts may be key, and how many one manager can serve: if everything is a priority, nothing is."""

from __future__ import annotations

from collections.abc import Iterator

from kam_rules.model.policy import Policy
from kam_rules.pipeline.analyse.ground import Insight, insight


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask for a limit on key accounts, and for one a manager."""
    seating = policy.program.seating
    where = policy.document.key_where("limits" if "limits" in policy.document else "tiers")
    if not seating.key_tiers:
        message = "the policy does not say which tiers are key accounts, so nothing limits how many there are"
        yield insight("KR726", message, where, "write limits: {key_tiers: [strategic, key], at_most: 15% of accounts}", subject="limits")
        return
    bounded = all(seats.capacity is not None for seats in seating.tiers if seats.tier in seating.key_tiers)
    if seating.at_most is None and not bounded:
        message = "nothing limits how many accounts are key: a key tier has no capacity, and there is no share"
        yield insight("KR726", message, where, "write at_most: 15% of accounts, or a capacity for every key tier", subject="limits.at_most")
    if seating.accounts_per_manager is None:
        message = "nothing says how many key accounts one manager can serve"
        yield insight("KR727", message, where, "write accounts_per_manager: 8", subject="limits.accounts_per_manager")
