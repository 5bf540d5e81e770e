"""The figure from above: what a ladder is asked to hold against, of each team, and what is wrong with the asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.backends.reference import evaluate
from kam_rules.model.apportion import Claim, apportion
from kam_rules.model.errors import Finding
from kam_rules.model.ladder import Reconciliation
from kam_rules.model.names import did_you_mean
from kam_rules.model.quota import Decision, Kind, Part
from kam_rules.pipeline.holders import People
from kam_rules.pipeline.ladder import Money
from kam_rules.pipeline.rollup import part


@dataclass(frozen=True, slots=True)
class Asked:
    """What may differ from the policy's own words when the ladder alone is climbed again.

    `policy` is bound to the assumptions tried; `top_down` replaces the figure from above, in smallest units.
    """

    policy: Reconciliation
    top_down: int | None = None
    decision: Decision | None = None


def top_downs(
    names: list[str], parts: Mapping[str, tuple[Part, ...]], asked: Asked, money: Money
) -> tuple[dict[str, int], dict[str, tuple[Finding, ...]]]:
    """Return each team's figure from above in smallest units, and what is wrong with it."""
    top_down = asked.policy.top_down
    if top_down.nrr is not None:
        ratio = evaluate(top_down.nrr, {})
        assert isinstance(ratio, Fraction), "the program was bound to a day"
        found = {name: round(part(parts.get(name, ()), Kind.DECIDED).base * ratio) for name in names}
    else:
        found = {name: amount for name, amount in top_down.amounts if name in names}
    if asked.top_down is not None:
        weights = [Claim(name, max(0, found.get(name, 0))) for name in names]
        if not any(claim.weight for claim in weights):
            weights = [Claim(name, 1) for name in names]
        found = dict(zip(names, apportion(asked.top_down, weights).parts, strict=True))
    faults: dict[str, tuple[Finding, ...]] = {}
    for name in names:
        if found.get(name, 0) <= 0:
            what = f"the top-down of team {name} is {money.say(found[name])}" if name in found else f"team {name} has no top-down"
            fix = f"add {name} under top_down.amount" if top_down.amounts else "it needs accounts with a base above 0 and a target"
            # one team without a base, beside others, has nothing to hold against a figure
            level = "warning" if not top_down.amounts and any(amount > 0 for amount in found.values()) else "error"
            faults[name] = (Finding("KR801", what, top_down.where, fix, level),)
    return found, faults


def strangers(asked: Asked, found: People, names: list[str]) -> Iterable[Finding]:
    """Find names in the policy that nobody bears, and reps without the figure that a limit is held against."""
    policy = asked.policy
    for rung in policy.ladder:
        for id_, _ in rung.locked:
            if id_ not in found.holders:
                fix = did_you_mean(id_, sorted(found.holders))
                yield Finding("KR805", f"the rung '{rung.id}' locks '{id_}', who is not among the reps", rung.where, fix)
    for name, _ in policy.top_down.amounts:
        if name not in names:
            message = f"there is a top-down for team '{name}', which holds no account"
            yield Finding("KR801", message, policy.top_down.where, did_you_mean(name, names))
    if policy.most_change is not None:
        without = [h.id for h in found.holders.values() if h.prior is None and h.id not in found.below]
        if without:
            message = f"{len(without)} reps have no prior quota, so the limit on its change does not hold them: {', '.join(without[:5])}"
            yield Finding("KR616", message, policy.where, "map prior_quota under reps", "note")
