"""Overrides as documents: `kam-rules.overrides/1` in the run, a table for spreadsheets, the initial list and the final one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.model.amounts import percent, shown
from kam_rules.model.override import ACCEPT, FIGURES, HOLD, REJECT, Approver, Figures, Idle, Overridden, Override, Overrides
from kam_rules.model.run import Run
from kam_rules.pipeline.overridden import assembled
from kam_rules.pipeline.overrides import load, thing_of
from kam_rules.pipeline.tabulate import marked

FORMAT = "kam-rules.overrides/1"
FILE, TOLD, TABLE, LIST = "overrides.yaml", "overrides.json", "overrides.csv", "key_accounts.csv"
FINAL = {ACCEPT: "yes", REJECT: "no", HOLD: "held"}
OPEN = "not reviewed"
Told = dict[str, Any]


def figures(found: Figures, minor: int, *, thousands: bool = True) -> dict[str, str | None]:
    """Return figures as text: amounts in whole currency, ratios as percents."""

    def said(name: str, value: str | int | None) -> str | None:
        if not isinstance(value, int):
            return value
        if name.endswith("_nrr"):
            return percent(Fraction(value, 10**6))
        return shown(Fraction(value, 10**minor), minor, least=minor, thousands=thousands)

    return {name: said(name, found[name]) for name in FIGURES}


def line(file: Overrides, item: Override) -> Told:
    """Return one line of the file, with the hash that approvals of it bear."""
    thing = thing_of(file, item)
    names = ("account", "field", "to", "verdict", "reason", "because", "author", "approver", "expires")
    return {"kind": item.kind, "of": thing.of} | {name: thing.about[name] for name in names} | {"where": str(item.where)}


def held_lines(run: Run, account: str | None = None) -> list[Told]:
    """Return the lines in force, of one account or of all, each with who approved it and what the account was and is now."""
    found, minor = run.overridden, run.ready.program.minor
    if found is None:
        return []
    told = []
    for item, approvers in found.held:
        change = found.effects.get(item.account)
        if change is not None and account in {None, item.account}:
            told.append(
                line(found.file, item)
                | {"approved": [{"by": one.by, "on": one.on.isoformat(), "entry": one.entry} for one in approvers]}
                | {"before": figures(change.before, minor), "after": figures(change.after, minor)}
            )
    return told


def told(run: Run, found: Overridden) -> Told:
    """Return what became of a file of overrides."""
    places = {id(item): place for place, item in enumerate(found.file.items)}
    held = [{"place": places[id(item)]} | one for (item, _), one in zip(found.held, held_lines(run), strict=True)]
    idle = [{"place": places[id(one.item)], **line(found.file, one.item), "code": one.code, "why": one.why} for one in found.idle]
    return {
        "format": FORMAT,
        "file": {"path": found.file.source.path, "sha256": found.file.source.sha256},
        "in_force": held,
        "not_in_force": idle,
        "recurring": [{"field": field, "reason": reason, "accounts": count} for (field, reason), count in found.recurring.items()],
    }


def restored(run: Run, folder: Path, shown_: str) -> Overridden:
    """Return the overrides that the folder of a run holds, their effects worked out again."""
    file = load(folder / FILE, shown_)
    kept = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    held = {one["place"]: tuple(_approvers(one["approved"])) for one in kept["in_force"]}
    idle = [Idle(file.items[one["place"]], one["code"], one["why"]) for one in kept["not_in_force"]]
    recurring = {(one["field"], one["reason"]): one["accounts"] for one in kept["recurring"]}
    return assembled(run, file, held, idle, recurring)


def entries(folder: Path, body: Mapping[str, Any], of: str) -> list[Told]:
    """Return what the ledger keeps of each line in force in the run that a folder holds."""
    kept = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    names = ("kind", "of", "account", "field", "to", "verdict", "reason", "author", "approved", "before", "after")
    head = {"run_sha256": of, "policy": body["policy"]["id"], "fiscal_year": body["policy"]["fiscal_year"]}
    return [head | {name: line_[name] for name in names} for line_ in kept["in_force"]]


def _approvers(told_: Iterable[Mapping[str, Any]]) -> Iterator[Approver]:
    return (Approver(one["by"], dt.date.fromisoformat(one["on"]), one["entry"]) for one in told_)


def files(run: Run) -> dict[str, str | pl.DataFrame]:
    """Return what a run with overrides writes beside its decisions, by file name; a frame is written as CSV."""
    found = run.overridden
    if found is None:
        return {}
    document = json.dumps(told(run, found), ensure_ascii=False, indent=2) + "\n"
    made: dict[str, str | pl.DataFrame] = {FILE: found.file.source.text, TOLD: document, TABLE: table(run, found)}
    return made | ({LIST: marked(run, key_accounts(run, found))} if any(item.kind == "review" for item in found.file.items) else {})


def table(run: Run, found: Overridden) -> pl.DataFrame:
    """Return one row a line of the file: whether it is in force, who approved it, and the account before and after."""
    minor, rows = run.ready.program.minor, []
    who = {id(item): ", ".join(one.by for one in approvers) for item, approvers in found.held}
    why = {id(one.item): f"{one.code} {one.why}" for one in found.idle}
    for item in found.file.items:
        change = found.effects.get(item.account)
        changed = (("before", change.before), ("after", change.after)) if change else ()
        sides = {side: figures(of, minor, thousands=False) for side, of in changed}
        row = {name: text for name, text in line(found.file, item).items() if name not in {"kind", "of", "where"}}
        row |= {"in_force": "yes" if id(item) in who else "no", "approved_by": who.get(id(item)), "why_not": why.get(id(item))}
        for name in ("tier", "state", "target_nrr", "target_amount"):
            for side in ("before", "after"):
                row[f"{name}_{side}"] = sides[side][name] if sides and id(item) in who else None
        rows.append(row)
    return marked(run, pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String), orient="row")) if rows else pl.DataFrame()


def key_accounts(run: Run, found: Overridden) -> pl.DataFrame:
    """Return the initial list of key accounts with the verdict on each, and whether it is on the final one."""
    keys = list(run.ready.program.seating.key_tiers)
    chosen = run.table.lazy().filter(pl.col("tier").cast(pl.String).is_in(keys)).sort("account_id")
    initial = chosen.select("account_id", "account_name", "owner", pl.col("tier").cast(pl.String)).collect()
    held = {item.account: (item, approvers) for item, approvers in found.held if item.kind == "review"}
    rows = []
    for account, name, owner, tier in initial.iter_rows():
        item, approvers = held.get(account, (None, ()))
        verdict = (item.verdict, item.because, ", ".join(one.by for one in approvers)) if item else (None, None, None)
        rows.append((account, name, owner, tier, *verdict, FINAL[item.verdict] if item else OPEN))
    names = ("account_id", "account_name", "owner", "initial_tier", "verdict", "because", "approved_by", "on_final_list")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
