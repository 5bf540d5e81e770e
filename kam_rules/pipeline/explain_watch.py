"""What an account's trail tells of the tables that triggers watch: every row that was looked at, and what it made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kam_rules.backends.reference import evaluate, facts_of
from kam_rules.feel.printer import say
from kam_rules.feel.printer import value as said
from kam_rules.model.program import Program, Stage
from kam_rules.model.run import Run
from kam_rules.model.tree import Value, reads
from kam_rules.model.watch import QUARTERS, Watch
from kam_rules.pipeline.watch import looked, recent


def watched(run: Run, account_id: str, facts: Mapping[str, Value]) -> list[dict[str, Any]]:
    """Return every watch with its rows of one account, each decided again by the reference engine."""
    program, tables = run.ready.program, run.book.tables
    return [_told(run, watch, tables[watch.table], account_id, facts) for watch in program.watches if watch.table in tables]


def _told(run: Run, watch: Watch, table: pl.DataFrame, account_id: str, facts: Mapping[str, Value]) -> dict[str, Any]:
    program, source = run.ready.program, run.book.source.tables[watch.table]
    assert program.as_of is not None, "rows are watched on a day"
    past = table.filter(pl.col("date") <= program.as_of)
    days = looked(watch, tuple(past["date"].unique().sort().to_list()), program.as_of)
    inside = pl.col("date").is_in(list(days)) if watch.table == QUARTERS else recent(watch, program.as_of)
    own = past.filter((pl.col("account_id") == account_id) & inside).sort("date", "row")
    rows = [_row(program, watch, row) | {"file": source.shown} for row in own.iter_rows(named=True)]
    truth = facts.get(watch.fact)
    return {
        "trigger": watch.trigger,
        "table": watch.table,
        "when": say(watch.when),
        "window": watch.text,
        "least": watch.window.least,
        "quarters": [day.isoformat() for day in days] if watch.table == QUARTERS else None,
        "truth": truth if isinstance(truth, bool) else None,
        "rows": rows,
        "where": str(watch.where),
    }


def _row(program: Program, watch: Watch, row: Mapping[str, Any]) -> dict[str, Any]:
    fields = program.tables[watch.table]
    facts = facts_of(Stage("", fields, ()), row)
    kinds = {field.name: field.type for field in fields}
    values = {name: facts.get(name) for name in reads(watch.when) if name in kinds}
    shown = {name: None if value is None else said(value, kinds[name], minor=program.minor) for name, value in values.items()}
    return {"date": row["date"].isoformat(), "values": shown, "truth": evaluate(watch.when, facts), "row": row["row"]}
