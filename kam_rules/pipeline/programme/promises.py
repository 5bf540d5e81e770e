"""What supporting functions have promised: agreed to, and able to keep, before the policy counts on it."""

from __future__ import annotations

from collections.abc import Iterator

from kam_rules.model.policy import Policy
from kam_rules.pipeline.analyse.ground import Insight, insight


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask for functions that have not agreed, and for those that cannot do what they promise."""
    for one in policy.year.functions:
        where = one.where or policy.document.where
        if one.agreed is False:
            message = f"'{one.name}' has not agreed to what it is to bring: {one.contributes}"
            yield insight("KR651", message, where, "agree with it first, and write agreed: true", subject=f"stewardship.{one.name}.agreed")
        if one.capability == "missing":
            message = f"'{one.name}' cannot do what it is to bring: {one.contributes}"
            fix = "take it out of the resources that states call on, or build it and write capability: building"
            yield insight("KR652", message, where, fix, subject=f"stewardship.{one.name}.capability")
