"""Why an account is not in another tier or state: each condition that failed, and how far off it was. A view of the trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.program import NOT_QUALIFIED
from kam_rules.model.report import Lines, Report
from kam_rules.model.standing import STATUS
from kam_rules.reports._origins import mark, status

Json = dict[str, Any]
ASKED = {"tiers": "tier", "states": "state"}
BUILT_IN = "built in"
"""Where a rule stands that no policy writes."""


def why_not(trail: Json, outcome: str | None = None) -> Report:
    """Return why the account of a trail is not in a tier or state; the trail's own figures, nothing evaluated again.

    Args:
        trail: the trail of an account.
        outcome: a tier or a state; by default every one that it is not in.

    Raises:
        UsageError: KR580 there is no such tier or state.
    """
    lists = {item["id"]: item for item in trail["lists"]}
    rules = [rule for name in ASKED for rule in lists[name]["rules"]]
    rules.sort(key=lambda rule: rule["where"] == BUILT_IN)
    known = list(dict.fromkeys(word for rule in rules for word in rule["gives"]))
    if outcome is not None and outcome not in known:
        raise UsageError(Finding("KR580", f"there is no tier or state '{outcome}'", None, did_you_mean(outcome, known)))
    has = {trail["decision"][what] for what in ASKED.values()}
    asked = [outcome] if outcome is not None else [word for word in known if word not in has]
    told = {one: tuple(line for list_, what in ASKED.items() for line in _list(trail, lists, list_, what, one)) for one in asked}
    name, now = trail["account"]["account_id"], status(trail["policy"])
    title = f"{name}{mark(trail['policy'])}: why not {outcome or 'another tier or state'}"
    data = {STATUS: now, "ledger": trail["policy"]["ledger"], "why_not": [{"outcome": o, "because": lines} for o, lines in told.items()]}
    return Report("why_not", title, tuple(Lines(f"why_not_{o}", f"Why not {o}", lines) for o, lines in told.items()), data, status=now)


def _list(trail: Json, lists: Json, name: str, what: str, outcome: str) -> Iterator[str]:
    rules = [rule for rule in lists[name]["rules"] if outcome in rule["gives"]]
    now = trail["decision"][what]
    if not rules:
        return
    if now == outcome:
        yield f"It is {outcome}: nothing stands in the way."
        return
    if outcome == NOT_QUALIFIED and name == "tiers" and trail["decision"]["qualified"]:
        yield "Every gate is passed."
        return
    for rule in rules:
        yield f"{rule['id']}: {rule['text'] or BUILT_IN} ({rule['where'].rsplit('/', 1)[-1]})"
        if rule["decides"]:
            yield from _seat(trail["seat"], outcome)
        elif rule["outcome"] == "not reached":
            yield f"  is not reached: rule {lists[name]['decided_by']} above it decided"
        yield from (f"  {_part(part)}" for part in rule["parts"] if part["truth"] is not True)
    if name == "tiers" and "gates" in lists and not trail["decision"]["qualified"]:
        for gate in lists["gates"]["rules"]:
            if gate["outcome"] != "true":
                yield f"  gate {gate['id']} is {'failed' if gate['outcome'] == 'false' else 'unanswered'}: {gate['text']}"
                yield from (f"    {_part(part)}" for part in gate["parts"] if part["truth"] is not True)


def _seat(seat: Json, outcome: str) -> Iterator[str]:
    if seat["lost_tier"] != outcome:
        yield f"  holds, and yet the seat is in {seat['seated_in'] or 'no tier'}: {seat['outcome']}"
        return
    bound = f"the share limit of {seat['at_most']}" if seat["outcome"] == "share_limit" else f"its {seat['capacity']} seats"
    lowest = f"; the lowest score that got one is {seat['lowest_seated_score']}" if seat["lowest_seated_score"] else ""
    yield f"  holds, but others come first within {bound}: {seat['seated']} are taken{lowest}"


def _part(part: Json) -> str:
    missing = [name for value in part["values"] for name in value["missing"]]
    if part["truth"] is None:
        return f"{part['text']}: unknown, {', '.join(missing) or 'a value'} is missing"
    if part.get("margin") is None:
        return f"{part['text']}: it is {part['left']}"
    return f"{part['text']}: it is {part['left']}, off by {str(part['margin']).lstrip('-')}"
