"""What an explanation says of where everything came from: values, figures, assumptions, the policy and its files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kam_rules.model.report import Column, Table
from kam_rules.model.standing import DRAFT
from kam_rules.reports._place import short

Json = dict[str, Any]
WORKED_OUT = "worked out from "


def values(trail: Json) -> Table:
    """Return one row a field: its value, the text in its cell, and where that stands."""
    labels = {"name": "Field", "value": "Value", "raw": "In the file", "column": "Column", "place": "File and row"}
    rows = []
    for item in trail["values"]:
        unfed = item["contract"] if item["contract"].startswith(WORKED_OUT) else "no column feeds it"
        raw = item["raw"] if item["raw"] is not None else "blank" if item["column"] else unfed
        unit = f" ({item['unit']})" if item["unit"] and item["raw"] is not None else ""
        fault = f" ({item['fault']})" if item["fault"] else ""
        place = f"{item['file']} row {item['row']}" if item["column"] else "-"
        rows.append((item["name"], f"{item['value'] or 'missing'}{fault}", f"{raw}{unit}", item["column"] or "-", place))
    return Table("values", "Values as they were read", tuple(Column(key, label) for key, label in labels.items()), tuple(rows))


def figures(trail: Json) -> Table:
    """Return one row a metric: its formula and its value, or for want of what it has none."""
    labels = {"name": "Figure", "is": "Worked out as", "value": "Value", "where": "Where"}
    rows = [
        (f["name"], f["is"], f["value"] or f"missing for want of {', '.join(f['missing']) or 'a divisor other than 0'}", short(f["where"]))
        for f in trail["figures"]
    ]
    return Table("figures", "Figures worked out of them", tuple(Column(key, label) for key, label in labels.items()), tuple(rows))


def assumptions(trail: Json) -> Table:
    """Return one row an assumption: its value, and who gave it."""
    columns = (Column("name", "Assumption"), Column("value", "Value"), Column("source", "From"))
    rows = [
        (item["name"], item["value"], re.sub(r"\((?:[^() ]*/)?([^()/ ]+:\d+:\d+)\)", r"(\1)", item["source"]))
        for item in trail["assumptions"]
    ]
    return Table("assumptions", "Assumptions", columns, tuple(rows))


def status(policy: Json) -> str:
    """Return draft or active, as a trail has it."""
    return str(policy["signed"]).partition(":")[0]


def mark(policy: Json) -> str:
    """Return what a title says of a draft, and of where the ledger ended when the run was made."""
    entries, _, sha256 = (policy["ledger"] or "").partition(":")
    return f"{' (draft)' if status(policy) == DRAFT else ''}{f' [ledger {entries}:{sha256[:12]}]' if entries else ''}"


def policy(policy: Json) -> Iterable[tuple[str, str]]:
    """Say by which policy, files and days an account was decided, under whose signature and by which engines."""
    yield "Policy", f"{policy['id']} {policy['fiscal_year']}, owned by {policy['owner']}"
    for kind, label in (("files", "File"), ("data", "Data")):
        for file in policy[kind]:
            yield label, f"{file['path']} (sha256 {file['sha256']})"
    known = f", extracted {policy['known_at']}" if policy["known_at"] else ""
    yield "Days", f"data as of {policy['as_of']}{known}; decided for {policy['effective_on']}"
    yield "Standing", policy["signed"]
    if policy["ledger"]:
        yield "Ledger", f"before this run {policy['ledger']}"
    yield "Engine", f"{policy['engine']}; decided again when explained by {' and '.join(policy['confirmed_by'])}, with the same answers"
