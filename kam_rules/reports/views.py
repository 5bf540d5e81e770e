"""The views of a trail: a sentence for a leader, a page for who runs the policy, the whole record for an auditor.

Each is cut out of the same trail; no view evaluates anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kam_rules.model.report import Facts, Lines, Report
from kam_rules.reports._climb import money
from kam_rules.reports._origins import status
from kam_rules.reports.explanation import explanation
from kam_rules.reports.quota import quota

Trail = dict[str, Any]
SENTENCE, PAGE, RECORD = "sentence", "page", "record"
VIEWS = (SENTENCE, PAGE, RECORD)
ACCOUNT_PAGE = ("decision", "overrides", "work", "gates", "criteria", "score", "tiers", "immediate", "states", "targets", "triggers")
QUOTA_PAGE = ("lines", "lines_books", "team", "below", "accounts", "peers")


def view(trail: Trail, name: str) -> Report:
    """Return a view of the trail of an account or a quota: one of `VIEWS`."""
    whole = explanation if "account" in trail else quota
    if name == RECORD:
        return whole(trail)
    if name == SENTENCE:
        told = _account(trail) if "account" in trail else " ".join(_quota(trail))
        return Report(SENTENCE, whole(trail).title, (Lines(SENTENCE, "In a sentence", (told,)),), status=status(trail["policy"]))
    keys = ACCOUNT_PAGE if "account" in trail else QUOTA_PAGE
    found = whole(_short(trail) if "account" in trail else trail)
    blocks = (*(block for block in found.blocks if block.key in keys), Facts("policy", "By which policy", tuple(_policy(trail["policy"]))))
    return replace(found, key=PAGE, blocks=blocks, data=None)


def _short(trail: Trail) -> Trail:
    """Return an account's trail with the rules alone that decided or fired, and those that nobody could answer."""
    lists = [
        rules if rules["id"] == "gates" else rules | {"rules": [r for r in rules["rules"] if _counts(rules, r)]} for rules in trail["lists"]
    ]
    return trail | {"lists": lists}


def _counts(rules: Trail, rule: Trail) -> bool:
    fired = rules["id"].startswith("triggers") and rule["outcome"] == "true"
    return bool(rule["decides"] or fired or rule["outcome"] == "unknown")


def _policy(policy: Trail) -> Iterable[tuple[str, str]]:
    yield "Policy", f"{policy['id']} {policy['fiscal_year']}, {policy['signed']}"
    yield "Days", f"data as of {policy['as_of']}; decided for {policy['effective_on']}"


def _account(trail: Trail) -> str:
    """Say one account's decision, what people set included, and why its state is what it is."""
    account, decision, currency = trail["account"], dict(trail["decision"]), trail["policy"]["currency"]
    if trail["overrides"]:
        decision |= trail["overrides"][-1]["after"]
    by = ", as people set it" if trail["overrides"] else ""
    name = f" ({account['account_name']})" if account["account_name"] else ""
    tier, state = decision["tier"] or "of an undecided tier", decision["state"] or "in an undecided state"
    said = f"{account['account_id']}{name} is {tier} and {state}{by}"
    why = "" if trail["overrides"] else _because(trail)
    if decision["target_amount"]:
        target = f"{decision['target_amount']} {currency}, {decision['target_nrr']} of {decision['base']}"
    else:
        target = f"{decision['prospect_amount']} {currency}" if decision["prospect_amount"] else "nothing"
    missing = [item["field"] for item in trail["work"] if item["field"]]
    open_ = f" Missing: {', '.join(missing)}." if missing else ""
    return f"{said}; it is asked for {target}{why}.{open_}"


def _because(trail: Trail) -> str:
    states = next(rules for rules in trail["lists"] if rules["id"] == "states")
    reason = next((rule["because"] for rule in states["rules"] if rule["decides"]), "")
    return f", because: {reason.rstrip('.')}" if reason else ""


def _quota(trail: Trail) -> Iterable[str]:
    """Say each line of a quota; of a team, what it brings against what is asked of it."""
    currency, year, team = trail["policy"]["currency"], trail["policy"]["fiscal_year"], trail["team"]
    if trail["of"].startswith("team:"):
        yield (
            f"Team {team['team']} brings {money(team['bottom_up'])} {currency} in {year} against {money(team['top_down'])} asked: "
            f"a gap of {money(team['gap'])} ({team['ratio']} of {team['ratio_of'].replace('_', '-')}), decided by rung {team['rung']}."
        )
        return
    for line in trail["lines"]:
        total = "no quota yet" if line["total_quota"] is None else f"{money(line['total_quota'])} {currency}"
        parts = [f"{money(line['committed'])} committed on a base of {money(line['base'])} ({line['par'] or 'no par'})"]
        parts += [f"{money(line[key])} {label}" for key, label in _MORE.items() if line[key] not in {None, "0", "0.00"}]
        yield f"{line['name'] or line['holder']} carries {total} as {line['role']} in {year}: {', '.join(parts)}."


_MORE = {"supplement": "supplement", "hold_back": "hold-back", "proration": "proration"}
