"""What the manifest says of a run and its data, and the source as it is read back from there."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from importlib.metadata import version
from typing import Any

from kam_rules.model.amounts import parse_number, parse_percent, percent, shown
from kam_rules.model.book import AccountsSource, Book, ColumnMap, Controls, Rated, RollUp, TableSource
from kam_rules.model.run import Run
from kam_rules.pipeline import told_overrides
from kam_rules.pipeline.controls import came_in
from kam_rules.pipeline.explain_past import incumbents
from kam_rules.pipeline.standing import told_standing
from kam_rules.pipeline.tally import count, money
from kam_rules.pipeline.withheld import hashes

BETWEEN = "\t"
"""Between texts of a column in the manifest; no cell that is read as one text holds a tab that means something."""
PLACES = 12
"""Decimals of a control total that are kept in the manifest."""
PACKAGES = ("kam-rules", "polars", "durable-rules")


def told_manifest(run: Run, values: str) -> dict[str, Any]:
    """Return what the manifest says of a run, its files aside.

    Args:
        run: the run.
        values: the hash of the values as rederive.py reads them, so that a file of them can be held against it; of a large
            book nothing.
    """
    ready, book = run.ready, run.book
    return {
        "policy": {
            "id": run.policy.id,
            "fiscal_year": run.policy.fiscal_year,
            "status": run.standing.said,
            "files": [{"path": s.path, "sha256": s.sha256} for s in run.policy.sources],
        },
        "data": {
            "files": [{"path": s.path, "sha256": s.sha256} for s in book.files],
            "accounts": _mapped(book.source)
            | {
                "extract": book.source.extract,
                "control_totals": _controls(book, ready.program.minor),
                "roll_up": [book.source.roll_up.method, *book.source.roll_up.fields] if book.source.roll_up else [],
                "ratings": _rated(book.source.rated),
            },
            "tables": {name: _mapped(source) for name, source in book.source.tables.items()},
        },
        "withheld": {} if run.policy.copies else hashes(book),
        "values": values,
        "as_of": ready.as_of.isoformat(),
        "effective_on": ready.effective_on.isoformat(),
        "standing": told_standing(run.standing),
        "overrides": None if run.overridden is None else told_overrides.told(run, run.overridden)["file"],
        "known_at": book.source.known_at.isoformat() if book.source.known_at else None,
        "sets": dict(ready.sets),
        "ladder": asdict(run.look),
        "engine": run.engine,
        "seats": {tier: asdict(taken) for tier, taken in run.seats.items()},
        "witness": None if run.witness is None else asdict(run.witness),
        "incumbents": incumbents(run),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "counts": count(run),
        "base": money(run),
        "rounded": dict(book.rounded),
        "unfed": list(book.unfed),
        "unread": list(book.unread),
    }


def _rated(rule: Rated | None) -> dict[str, str] | None:
    if rule is None:
        return None
    apart = rule.disagree_from
    return {"combine": rule.combine, "disagree_from": "" if apart is None else shown(apart, PLACES, thousands=False)}


def _controls(book: Book, minor: int) -> dict[str, str | int | None] | None:
    """Return what the ledger of record says, and beside it what came in; None where the data file names no ledger."""
    told = book.source.controls
    if told is None:
        return None
    rows, units = came_in(book)
    return {
        "source": told.source,
        "accounts": told.accounts,
        "base": None if told.base is None else shown(told.base, PLACES, thousands=False),
        "tolerance": percent(told.tolerance, PLACES),
        "found_accounts": rows,
        "found_base": shown(Fraction(units, 10**minor), minor, thousands=False),
    }


def _mapped(source: AccountsSource | TableSource) -> dict[str, Any]:
    return {"file": source.shown, "columns": {name: _column(column) for name, column in source.columns.items()}}


def _column(how: ColumnMap) -> list[str]:
    """Write a column with its unit and, where it is not plain, its convention, what is nought in it, and what is missing."""
    more = [how.written, BETWEEN.join(how.zero), BETWEEN.join(how.missing)]
    return [how.column, how.unit, *(more if any(more) else ())]


def source_of(body: Mapping[str, Any], as_of: dt.date) -> AccountsSource:
    """Return the source of a run's accounts as the manifest tells of it; its paths open nothing."""
    told = body["data"]["accounts"]
    known_at = dt.date.fromisoformat(body["known_at"]) if body["known_at"] else None
    return AccountsSource(
        "",
        told["file"],
        as_of,
        _columns(told),
        known_at,
        tables={name: TableSource("", found["file"], _columns(found)) for name, found in body["data"]["tables"].items()},
        controls=_ledger(told["control_totals"]),
        extract=told["extract"],
        rated=Rated(told["ratings"]["combine"], parse_number(told["ratings"]["disagree_from"])) if told["ratings"] else None,
        roll_up=RollUp(told["roll_up"][0], tuple(told["roll_up"][1:])) if told["roll_up"] else None,
    )


def _ledger(told: Mapping[str, Any] | None) -> Controls | None:
    if told is None:
        return None
    base = None if told["base"] is None else Fraction(told["base"])
    return Controls(told["source"], told["accounts"], base, parse_percent(told["tolerance"]) or Fraction(0))


def _columns(told: Mapping[str, Any]) -> dict[str, ColumnMap]:
    return {name: _map(*parts) for name, parts in told["columns"].items()}


def _map(column: str, unit: str, written: str = "", zero: str = "", missing: str = "") -> ColumnMap:
    none, nought = (tuple(filter(None, joined.split(BETWEEN))) for joined in (missing, zero))
    return ColumnMap(column, unit, None, written, none, nought)
