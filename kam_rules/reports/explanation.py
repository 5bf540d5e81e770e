"""The trail of one account, for a person who has nothing else at hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kam_rules.model.report import Block, Facts, Lines, Report, Table
from kam_rules.reports._origins import assumptions, figures, mark, policy, status, values
from kam_rules.reports._past import changing, reviews, watched
from kam_rules.reports._place import short
from kam_rules.reports._scored import criteria, score_lines
from kam_rules.reports.overridden import told_lines

Json = dict[str, Any]
TITLES = {
    "gates": "Gates: every question comes before the score, and all must be passed",
    "tiers": "Tier: the first rule that holds",
    "states": "State: the first rule that holds",
    "targets": "Target: the first rule that holds",
    "immediate": "Immediate triggers, asked of the tier and state held before",
    "triggers": "Triggers: reasons to look at the tier between reviews",
}
GATES = {"true": "passed", "false": "failed", "unknown": "unanswered"}
UNDECIDED = "undecided: a value is missing, and with it a rule above could still hold"


def explanation(trail: Json) -> Report:
    """Return a trail as a report; its data is the trail itself."""
    lists = {item["id"]: item for item in trail["lists"]}
    blocks: list[Block] = [
        Facts("decision", "Decision", tuple(_decision(trail, lists))),
        Lines("overrides", "Overridden by people", tuple(told_lines(trail["overrides"]))),
        Lines("work", "What is missing", tuple(item["text"] for item in trail["work"])),
        Lines("gates", TITLES["gates"], tuple(_gates(lists["gates"])) if "gates" in lists else ()),
        criteria(trail["score"]),
        Lines("score", "Score", tuple(score_lines(trail, lists["tiers"]))),
        Lines("tiers", TITLES["tiers"], (*_first(lists["tiers"]), *_seat(trail["seat"]), *changing(trail["seat"]))),
        reviews(trail["seat"]),
        Lines("immediate", TITLES["immediate"], tuple(_triggers(lists["triggers.immediate"])) if "triggers.immediate" in lists else ()),
        Lines("states", TITLES["states"], tuple(_first(lists["states"]))),
        Lines("targets", TITLES["targets"], tuple(_targets(lists["targets"], trail["decision"]["state"]))),
        Lines("triggers", TITLES["triggers"], tuple(_triggers(lists["triggers"])) if "triggers" in lists else ()),
        watched(trail),
        values(trail),
        figures(trail),
        assumptions(trail),
        Facts("policy", "By which policy and data", tuple(policy(trail["policy"]))),
    ]
    title, told = f"{called(trail)}{mark(trail['policy'])}", tuple(b for b in blocks if _says(b))
    return Report("explanation", title, told, trail, status=status(trail["policy"]))


def called(trail: Json) -> str:
    """Return the id and the name of the account of a trail."""
    account = trail["account"]
    return f"{account['account_id']} · {account['account_name']}" if account["account_name"] else str(account["account_id"])


def _says(block: Block) -> bool:
    return bool(block.rows if isinstance(block, Table) else block.pairs if isinstance(block, Facts) else block.lines)


def _decision(trail: Json, lists: Json) -> Iterable[tuple[str, str]]:
    decision, seat, currency = trail["decision"], trail["seat"], trail["policy"]["currency"]
    lost = {"capacity": "no seat left", "share_limit": "no seat left under the share limit"}.get(seat["outcome"], "")
    why = f", eligible for {seat['lost_tier']} but {lost or 'no seat left'}" if seat["lost_tier"] else ""
    yield "Tier", f"{decision['tier'] or UNDECIDED}{why}"
    yield "State", decision["state"] or UNDECIDED
    yield from _target(decision, currency)
    for name, amount in decision["baselines"].items():
        if amount and decision["target_amount"]:
            yield f"To compare: {name}", f"{amount} {currency}"
    if decision["action"]:
        yield "Proposed", f"{decision['action']}, by trigger {lists['triggers']['fired'][0]}"
    for key in ("tiers", "states"):
        if lists[key]["undetermined"]:
            yield "Undetermined", f"{', '.join(lists[key]['unknown'])} could still hold: a value is missing"


def _target(decision: Json, currency: str) -> Iterable[tuple[str, str]]:
    if decision["target_amount"]:
        yield "Target", f"{decision['target_nrr']} of {decision['base']} = {decision['target_amount']} {currency}"
        if decision["floor_amount"]:
            yield "Floor", f"{decision['floor_nrr']} = {decision['floor_amount']} {currency}"
        if decision["aspirational_amount"]:
            yield "Aspirational", f"{decision['aspirational_nrr']} = {decision['aspirational_amount']} {currency}, never part of a roll-up"
    elif decision["prospect_amount"]:
        yield "Target", f"{decision['prospect_amount']} {currency}, an absolute amount: base 0 has no NRR"
    else:
        zero = decision["state"] in {"lapsed", "prospect"}
        yield "Target", "none: base 0 has no NRR" if zero else "none while the state or the tier is undecided"


def _gates(gates: Json) -> Iterable[str]:
    for rule in gates["rules"]:
        yield f"{GATES[rule['outcome']]}: {rule['id']} - {rule['note'].get('ask', '')}"
        yield from _parts(rule)
        yield _reason(rule)


def _reason(rule: Json) -> str:
    because = f"because: {rule['because']} " if rule["because"] else ""
    return f"    {because}({short(rule['where'])})"


def _first(rules: Json) -> Iterable[str]:
    """Tell a list in which the first rule that holds decides; built-in rules that fail go without saying."""
    for rule in rules["rules"]:
        built_in = rule["where"] == "built in"
        if built_in and rule["outcome"] == "false":
            continue
        yield f"{_sign(rule, rules)}: {_rule(rule)}"
        if rule["outcome"] != "not reached":
            yield from _parts(rule)
            yield _reason(rule)
        if rule["decides"] and "resources" in rule["note"]:
            yield f"    calls on: {rule['note']['resources']}"


def _sign(rule: Json, rules: Json) -> str:
    if rule["decides"]:
        return "decides"
    waiting = "would decide, were the unknown ones known to fail" if rules["hit"] == "first" else "holds"
    return {"true": waiting, "false": "fails", "unknown": "unknown", "not reached": "not reached"}[rule["outcome"]]


def _rule(rule: Json) -> str:
    gives = f" -> {', '.join(rule['gives'])}" if rule["gives"] and rule["gives"] != [rule["id"]] else ""
    return f"{rule['id']}{gives} - {rule['text']}"


def _targets(rules: Json, state: str | None) -> Iterable[str]:
    """Tell the target's rule; the others differ in the state or tier that they ask for."""
    for rule in rules["rules"]:
        if rule["decides"]:
            target = f": target {rule['note']['target']}" if "target" in rule["note"] else ""
            yield f"decides: {rule['id']}{target}"
            yield from _parts(rule)
            yield _reason(rule)
    others = [rule["id"] for rule in rules["rules"] if rule["outcome"] == "false"]
    if others:
        yield f"fail: {', '.join(others)}"
    unknown = [rule["id"] for rule in rules["rules"] if rule["outcome"] == "unknown"]
    if unknown:
        why = "the state is undecided" if state is None else "the tier is undecided"
        yield f"unknown: {', '.join(unknown)} - {why}"


def _triggers(rules: Json) -> Iterable[str]:
    """Tell the triggers that fired in full, the others by the part that failed."""
    for wanted, sign in (("true", "fired"), ("unknown", "unknown"), ("false", "not fired")):
        for rule in rules["rules"]:
            if rule["outcome"] == wanted:
                yield f"{sign}: {_rule(rule)}"
                yield from _parts(rule)
                if wanted != "false":
                    yield _reason(rule)


def _parts(rule: Json) -> Iterable[str]:
    return (f"    {_part(part)}" for part in rule["parts"])


def _part(part: Json) -> str:
    truth = {True: "holds", False: "fails", None: "is unknown"}[part["truth"]]
    values = []
    for value in part["values"]:
        if value["value"] is None:
            behind = [name for name in value["missing"] if name != value["name"]]
            values.append(f"{value['name']} is missing" + (f" for want of {', '.join(behind)}" if behind else ""))
        else:
            values.append(f"{value['name']} = {value['value']}")
    return f"{part['text']} {truth}: {', '.join(values)}{_edge(part.get('margin'))}" if values else f"{part['text']} {truth}"


def _edge(margin: str | None) -> str:
    if margin is None:
        return ""
    size = margin.lstrip("-")
    if not any(digit in size for digit in "123456789"):
        return ", exactly on the edge"
    return f", {size} {'below' if margin.startswith('-') else 'above'} the edge"


def _seat(seat: Json) -> Iterable[str]:
    outcome, tier = seat["outcome"], seat["tier"]
    ties = f", ties by {', '.join(seat['tie_break'])}, then by account id" if seat["tie_break"] else ", ties by account id"
    if seat["lost_tier"]:
        limit = (
            f"at most {seat['at_most']} of the accounts decided may be key"
            if outcome == "share_limit"
            else f"its capacity is {seat['capacity']}"
        )
        yield f"eligible for {tier}, not seated there: {limit}"
        lowest = seat["lowest_seated_score"]
        went = f"its {seat['seated']} seats went to scores of {lowest} and more{ties}"
        yield f"    {'none of its seats was given by score' if lowest is None else went}"
        if seat["rank"]:
            yield f"    among those who asked for {seat['seated_in']} it is number {seat['rank']}"
    elif outcome == "seated":
        seats = seat["capacity"] if seat["capacity"] is not None else seat["seated"]
        yield f"seated: place {seat['rank']} of the {seats} seats of {tier}, by score{ties}"
    elif outcome == "inherited":
        yield f"inherited: {seat['head']} stands at the head of its group and holds {seat['seated_in']}; it takes no seat of its own"
    if seat["capacity"] is not None:
        yield f"incumbents: {seat['incumbents']}"
