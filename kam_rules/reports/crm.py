"""The write-back: one line an account, with the fields that a customer system takes back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.report import Cell, Column, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.tabulate import decisions

COLUMNS = (
    Column("account_id", "Account"),
    Column("owner", "Owner"),
    Column("tier", "Tier"),
    Column("state", "State"),
    Column("target", "Target", Unit.MONEY),
    Column("currency", "Currency"),
    Column("policy_version", "Policy version"),
    Column("decided_on", "Decided on"),
)


def crm(run: Run) -> Report:
    """Return one line an account, in order of the ids: what holds after overrides, an absolute target of prospects included.

    The id is as the source writes it, so that the other side finds its record; what is undecided is left empty.
    """
    version = f"{run.policy.id} {run.policy.fiscal_year} {run.policy.sources[0].sha256[:12]}"
    behind: tuple[Cell, ...] = (run.ready.program.currency, version, run.ready.effective_on.isoformat())
    rows = sorted((_row(row, behind) for part in zip(run.table, run.book.raw, strict=True) for row in _rows(run, *part)), key=_id)
    title = f"{run.name}: {len(rows):,} accounts to write back"
    table = Table("crm", "Accounts", COLUMNS, tuple(rows))
    return Report("crm", title, (table,), minor=run.ready.program.minor, status=run.standing.status)


def _id(row: tuple[Cell, ...]) -> str:
    return str(row[0])


def _rows(run: Run, table: pl.DataFrame, raw: pl.DataFrame) -> list[dict[str, Any]]:
    told = decisions(run, table)
    if "account_id" in raw.columns:
        told = told.with_columns(raw["account_id"].cast(pl.String).alias("account_id"))
    return told.rows(named=True)


def _row(row: dict[str, Any], behind: tuple[Cell, ...]) -> tuple[Cell, ...]:
    final = {name: row.get(f"final_{name}", row[name]) for name in ("tier", "state", "committed_target")}
    target = final["committed_target"] if final["committed_target"] is not None else row["prospect_target"]
    return (
        row["account_id"],
        row["owner"],
        final["tier"],
        final["state"],
        None if target is None else Fraction(target),
        *behind,
    )
