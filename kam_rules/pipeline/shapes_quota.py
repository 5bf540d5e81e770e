"""The shapes of a reconciliation and of the trail of a quota."""

from __future__ import annotations

from kam_rules.model.ladder import Verdict
from kam_rules.model.quota import Kind
from kam_rules.model.schema import Schema
from kam_rules.pipeline.explain_quota import FORMAT as QUOTA
from kam_rules.pipeline.shapes import all_of, files_of, list_of, or_null, text_of, words_of
from kam_rules.pipeline.told_quota import FORMAT as RECONCILIATION

TRUTH = {"type": "boolean"}
COUNT = {"type": "integer"}
ROW = {"type": "integer", "description": "Row, as a spreadsheet counts"}


def _finding() -> Schema:
    keys = {"code": "Its code", "level": "error, warning or note", "message": "What is wrong", "where": "Its place", "fix": "What to do"}
    return all_of("A finding", {key: text_of(about) for key, about in keys.items()})


def _team() -> Schema:
    amounts = {
        "base": "Base of decided accounts in scope",
        "bottom_up": "Their committed targets at exactly 100%",
        "top_down": "The figure from above",
        "gap": "Top-down less bottom-up; positive is a shortfall",
        "cushion": "What the accounts bring beyond the figure from above",
        "supplement": "What reps carry",
        "hold_back": "What the manager carries",
        "open": "What nobody carries",
        "rest": "Of the hold-back, what caps and limits left over",
        "residual": "Of the hold-back, what fills no whole unit",
    }
    return all_of(
        "One team, or all together",
        {
            "team": text_of("The team"),
            "head": text_of("Who carries the hold-back; empty: nobody is named"),
            "verdict": {"enum": [str(v) for v in Verdict], "description": "What the rung says"},
            "rung": text_of("The rung that holds the gap"),
            "rung_where": text_of("Its place"),
            "top_down_is": text_of("Where the figure from above comes from"),
            "assigned": TRUTH | {"description": "Quotas are written"},
            **{key: text_of(about) for key, about in amounts.items()},
            "ratio": text_of("The gap as a share"),
            "ratio_of": {"enum": ["top_down", "bottom_up"], "description": "The denominator"},
            "lines": list_of("Accounts by kind", _part()),
            "steps": list_of("Every rung as it was asked", _step()),
            "spread": {"anyOf": [_spread(), {"type": "null"}], "description": "How the reps' share is spread; null where it is not"},
            "shares": list_of("Every holder's claim and part", _share()),
            "closes": list_of("What would close an escalated gap", words_of("One way, with its figures")),
            "decision": {"anyOf": [words_of("Who decided to go on, and why"), {"type": "null"}], "description": "A decision to go on"},
            "faults": list_of("Why no quota is written", _finding()),
        },
    )


def _spread() -> Schema:
    states = {"type": "array", "items": text_of("A state"), "description": "States that are left out"}
    return all_of("How an amount is spread", {"by": text_of("By what"), "leave_out": states})


def _part() -> Schema:
    return all_of(
        "The accounts of one kind",
        {
            "kind": {"enum": [str(k) for k in Kind], "description": "The line; only decided accounts roll up"},
            "accounts": COUNT | {"description": "How many; an account shared by several counts once"},
            "base": text_of("Their base"),
            "target": text_of("What they are asked for; of prospects in absolute amounts"),
        },
    )


def _step() -> Schema:
    return all_of(
        "One rung",
        {
            "rung": text_of("Its id"),
            "text": text_of("Its edge as written"),
            "then": text_of("What it says"),
            "edge": or_null("The gap at its edge; null: it holds every gap"),
            "holds": TRUTH | {"description": "The gap lies within"},
            "chosen": TRUTH | {"description": "It is the first that holds"},
            "margin": or_null("Edge less gap"),
            "because": text_of("Why it stands"),
            "where": text_of("Its place"),
        },
    )


def _share() -> Schema:
    return all_of(
        "One holder",
        {
            "holder": text_of("The rep"),
            "weight": text_of("What it weighs, in the unit of what is weighed"),
            "of_all": text_of("Its share of all weights"),
            "at_least": text_of("The least it may carry"),
            "at_most": or_null("The most it may carry; null: any amount"),
            "bound": {"enum": ["", "locked", "at its cap", "at its minimum"], "description": "What held its part, if something did"},
            "headroom": or_null("The headroom under it; null: not known for all of it"),
            "part": text_of("What it carries"),
        },
    )


def reconciliation_schema() -> Schema:
    """Return the schema of `kam-rules.reconciliation/1`."""
    names = {"type": "array", "items": text_of("A name"), "description": "Empty: all"}
    overlay = {
        "holder": text_of("Who has it"),
        "accounts": COUNT | {"description": "On how many accounts"},
        "base": text_of("Its base"),
        "committed": text_of("Its committed targets"),
    }
    return all_of(
        "The gap and the quotas of a run; every figure is text, written exactly",
        {
            "format": {"const": RECONCILIATION, "description": "The format of this document"},
            "policy": words_of("Name, year and currency"),
            "signed": text_of("Draft or active, and who signed it"),
            "ledger": or_null("How many entries the ledger had before the run, and the hash of the last"),
            "as_of": text_of("The day of the data"),
            "effective_on": text_of("The day decided for"),
            "sets": words_of("Assumptions replaced"),
            "scope": all_of("Which accounts count", {"tiers": names, "states": names}),
            "denominator": text_of("The denominator of the gap"),
            "unit": text_of("The smallest part that is handed out"),
            "teams": list_of("Every team", _team()),
            "total": _team(),
            "quotas": list_of("Every line of quota", _line()),
            "overlays": list_of("Credit that is shown and never summed", all_of("One holder", overlay)),
            "findings": list_of("What to look at", _finding()),
        },
    )


def _line() -> Schema:
    texts = {"holder": "The holder", "name": "Its name", "role": "rep: its own book; manager: all below", "team": "The team"}
    amounts = {"base": "Base", "committed": "Committed targets"}
    added = ("aspirational", "supplement", "hold_back", "proration", "total_quota")
    return all_of(
        "One line of quota",
        {
            **{key: text_of(about) for key, about in texts.items()},
            "accounts": COUNT | {"description": "Decided accounts in scope"},
            **{key: text_of(about) for key, about in amounts.items()},
            "par": or_null("Committed over base"),
            **{key: or_null(f"{key.replace('_', ' ').capitalize()}; null: none") for key in added},
            "total_nrr": or_null("Total quota over base"),
        },
    )


def quota_schema() -> Schema:
    """Return the schema of `kam-rules.quota/1`."""
    cell = all_of("A cell", {"file": text_of("File"), "row": ROW, "column": text_of("Column"), "raw": or_null("The text in it")})
    texts = ("tier", "state", "state_rule", "state_where", "target_rule", "target_where", "nrr", "committed", "supplement")
    account = {
        "account_id": text_of("The account"),
        "share": text_of("The holder's share of its credit"),
        "overlay": TRUTH | {"description": "Shown, never summed"},
        "line": text_of("The line it stands on"),
        "base": text_of("The holder's part of its base"),
        **{key: or_null(f"{key.replace('_', ' ').capitalize()}; null: none") for key in texts},
        "cell": cell,
    }
    seat = {
        "id": text_of("The id"),
        "name": text_of("The name"),
        "status": text_of("active, vacant or ramping"),
        "start": or_null("First day in the seat"),
        "end": or_null("Last day in the seat"),
        "reports_to": {"type": "array", "items": text_of("A manager"), "description": "From the nearest up"},
        "cell": all_of("Its row", {"file": text_of("File"), "row": ROW, "columns": words_of("Which column feeds which field")}),
    }
    policy = {key: text_of(key.replace("_", " ")) for key in ("id", "fiscal_year", "currency", "as_of", "effective_on", "signed")}
    policy["ledger"] = or_null("How many entries the ledger had before the run, and the hash of the last")
    return all_of(
        "Why a rep, a manager or a team is asked for so much; every figure is text, written exactly",
        {
            "format": {"const": QUOTA, "description": "The format of this document"},
            "of": text_of("rep:ID or team:NAME"),
            "policy": all_of(
                "By which policy, data and days", {**policy, "files": files_of("Policy files"), "data": files_of("Data files")}
            ),
            "holder": {"anyOf": [all_of("Who holds it", seat), {"type": "null"}], "description": "Who holds it; null of a team"},
            "lines": list_of("The lines of quota", _line()),
            "team": {"anyOf": [_team(), {"type": "null"}], "description": "The team's climb; null where none has that book"},
            "below": list_of("Directly below", _line()),
            "accounts": list_of("The holder's own accounts", all_of("One account", account)),
        },
    )
