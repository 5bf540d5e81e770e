"""What watched tables say of each account: whether enough rows meet a condition, worked out exactly before the engines ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

import polars as pl

from kam_rules.backends import decide_any
from kam_rules.backends.reference import evaluate
from kam_rules.model.book import AccountsSource, TableSource
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.outcome import Layout
from kam_rules.model.program import Hit, Program, Rule, RuleList, Stage
from kam_rules.model.tree import Value, reads
from kam_rules.model.watch import FAULT, QUARTERS, ZERO, Watch
from kam_rules.pipeline import codes
from kam_rules.pipeline.tables import MOST, cell, columns_of

LIST = "watch"
QUARTER = 3
"""Months from one quarter to the next."""
Facts = tuple[pl.DataFrame, dict[str, bool | None]]


def seen_of(program: Program, tables: Mapping[str, pl.DataFrame], source: AccountsSource) -> Facts | None:
    """Return each account's watched truths, and what they are for an account without any row.

    Raises:
        DataError: KR475 quarters are doubled, missing, or out of step.
    """
    found: pl.DataFrame | None = None
    others: dict[str, bool | None] = {}
    for name in dict.fromkeys(watch.table for watch in program.watches):
        if name not in tables:
            continue
        watches = tuple(watch for watch in program.watches if watch.table == name)
        told = source.tables[name]
        if name == QUARTERS:
            _check_quarters(tables[name], told, source)
        rows = tables[name].filter(pl.col("date") <= program.as_of)
        calendar = tuple(sorted(rows["date"].unique().to_list())) if name == QUARTERS else ()
        one, absent = _facts(program, watches, rows, calendar, told.absent)
        others |= absent
        found = one if found is None else found.join(one, on="account_id", how="full", coalesce=True)
    return None if found is None else (found, others)


def joined(ids: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Return the watched truths of some accounts, in their order."""
    table, others = facts
    marked = table.with_columns(pl.lit(value=True).alias(f"{name} is there") for name in others)
    found = ids.join(marked, on="account_id", how="left", maintain_order="left")
    return found.select(
        pl.when(pl.col(f"{name} is there")).then(pl.col(name)).otherwise(pl.lit(value, pl.Boolean)).alias(name)
        for name, value in others.items()
    )


def _facts(
    program: Program, watches: tuple[Watch, ...], rows: pl.DataFrame, calendar: tuple[dt.date, ...], absent: str
) -> tuple[pl.DataFrame, dict[str, bool | None]]:
    """Return the truths of the accounts that have rows, and those of an account that has none."""
    bits = _truths(program, watches, rows)
    found = rows.select("account_id").unique().sort("account_id")
    others: dict[str, bool | None] = {}
    assert program.as_of is not None, "rows are watched on a day"
    for i, watch in enumerate(watches):
        days = looked(watch, calendar, program.as_of)
        inside = pl.col("date").is_in(list(days)) if calendar else recent(watch, program.as_of)
        counts = (
            bits.filter(inside)
            .group_by("account_id")
            .agg(pl.col(f"true.{i}").sum().alias("true"), pl.col(f"unknown.{i}").sum().alias("unknown"), pl.len().alias("rows"))
        )
        zero = _zero(program, watch) if absent == ZERO and calendar else False
        full = found.join(counts, on="account_id", how="left", maintain_order="left").fill_null(0)
        missing = len(days) - pl.col("rows").cast(pl.Int64) if calendar else pl.lit(0)
        true = pl.col("true") + (missing if zero is True else 0)
        open_ = pl.col("unknown") + (missing if zero is None else 0)
        least = watch.window.least
        verdict = pl.when(true >= least).then(True).when(true + open_ >= least).then(None).otherwise(False)  # noqa: FBT003
        found = found.with_columns(full.select(verdict.cast(pl.Boolean).alias(watch.fact)).to_series())
        others[watch.fact] = None if absent == FAULT else _nothing(zero, len(days), least)
    return found, others


def _nothing(zero: Value, count: int, least: int) -> bool | None:
    """Return the truth for an account without a row: every quarter stands for zero, or nothing happened."""
    if zero is False or count < least:
        return False
    return True if zero is True else None


def looked(watch: Watch, calendar: tuple[dt.date, ...], as_of: dt.date) -> tuple[dt.date, ...]:
    """Return the quarters that a window looks at."""
    near = calendar if watch.window.days is None else tuple(day for day in calendar if (as_of - day).days <= watch.window.days)
    return near if watch.window.periods is None else near[-watch.window.periods :]


def recent(watch: Watch, as_of: dt.date) -> pl.Expr:
    """Tell which events a window looks at."""
    if watch.window.days is None:
        return pl.lit(value=True)
    return (pl.lit(as_of) - pl.col("date")).dt.total_days() <= watch.window.days


def _zero(program: Program, watch: Watch) -> Value:
    """Return the truth of a condition for a quarter without a row: every number is 0, the rest is missing."""
    return evaluate(watch.when, {f.name: Fraction(0) for f in program.tables[watch.table] if f.type.numeric})


def _truths(program: Program, watches: tuple[Watch, ...], rows: pl.DataFrame) -> pl.DataFrame:
    """Decide every condition for every row."""
    stage = Stage(LIST, program.tables[watches[0].table], (RuleList(LIST, Hit.COLLECT, tuple(Rule(w.trigger, w.when) for w in watches)),))
    decided = decide_any(stage, rows)
    layout = Layout(stage)
    bits = [codes.bit(layout, LIST, kind, i).alias(f"{kind}.{i}") for i in range(len(watches)) for kind in ("true", "unknown")]
    return pl.concat([rows.select("account_id", "date"), decided.select(bits)], how="horizontal")


def _check_quarters(rows: pl.DataFrame, told: TableSource, source: AccountsSource) -> None:
    faults = [*_doubled(rows, told, source), *_steps(rows, told), *(_gaps(rows, told) if told.absent == FAULT else ())]
    if faults:
        raise DataError(faults[:MOST])


def _doubled(rows: pl.DataFrame, told: TableSource, source: AccountsSource) -> Iterator[Finding]:
    twice = rows.filter(pl.struct("account_id", "date").is_duplicated()).sort("account_id", "date", "row")
    column = columns_of(source.tables, QUARTERS)["date"]
    for (account, day), group in twice.group_by("account_id", "date", maintain_order=True):
        numbers = group["row"].to_list()
        message = f"{cell(told.shown, numbers[1], column, str(day))}: {account} has this quarter in row {numbers[0]} already"
        yield Finding("KR475", message, None, "keep the right row; exact copies merge by themselves")


def _steps(rows: pl.DataFrame, told: TableSource) -> Iterator[Finding]:
    """Find quarters that lie out of step with the first, and quarters that no account has."""
    days: list[dt.date] = rows["date"].unique().sort().to_list()
    months = [day.year * 12 + day.month for day in days]
    for (earlier, later), day in zip(pairwise(months), days[1:], strict=True):
        if (later - earlier) % QUARTER or later == earlier:
            message = f"{told.shown}: {day} is no whole number of quarters after the one before it"
            yield Finding("KR475", message, told.where, "date every quarter alike, as a rule on its last day")
        elif later - earlier > QUARTER:
            count = (later - earlier) // QUARTER - 1
            message = f"{told.shown}: {'a quarter' if count == 1 else f'{count} quarters'} before {day} missing for every account"
            yield Finding("KR475", message, told.where, "deliver the whole series; a quarter of nothing has its rows, too")


def _gaps(rows: pl.DataFrame, told: TableSource) -> Iterator[Finding]:
    """Find accounts that lack a quarter after their first."""
    days: list[dt.date] = rows["date"].unique().sort().to_list()
    spans = rows.group_by("account_id").agg(pl.col("date").min().alias("first"), pl.len().alias("rows")).sort("account_id")
    for account, first, count in spans.iter_rows():
        wanted = sum(day >= first for day in days)
        if count < wanted:
            message = f"{told.shown}: {account} has {count} of {wanted} quarters since {first}"
            yield Finding("KR475", message, told.where, "add the rows that are missing, or say absent_rows: zero in the data file")


def watch_findings(program: Program, tables: Mapping[str, pl.DataFrame]) -> Iterator[Finding]:
    """Return what is to be said of watched tables in a run: none, rows after the day, quarters that end long before it."""
    for name in dict.fromkeys(watch.table for watch in program.watches):
        triggers = ", ".join(_triggers(program.watches, name))
        if name not in tables:
            message = f"the data name no {name}: {triggers} cannot be answered"
            yield Finding("KR477", message, None, f"add {name}: to the data file", "note")
            continue
        rows = tables[name]
        for column in _unfed(program, name, rows):
            message = f"no row of {name} has a value of '{column}': {triggers} look at nothing there"
            yield Finding("KR480", message, None, f"map a column to {column} under {name} in the data file", "warning")
        late = rows.filter(pl.col("date") > program.as_of).height
        if late:
            rows_ = "1 row" if late == 1 else f"{late:,} rows"
            message = f"{rows_} of {name} dated after {program.as_of}, the day of the data, left out"
            yield Finding("KR476", message, None, "check their dates, or the as_of of the data file", "warning")
        last = rows.filter(pl.col("date") <= program.as_of)["date"].max()
        if name == QUARTERS and isinstance(last, dt.date) and program.as_of and (program.as_of - last).days > 31 * QUARTER:
            message = f"the last quarter is of {last}, more than a quarter before {program.as_of}: {triggers} look at old ones"
            yield Finding("KR478", message, None, "deliver the quarters up to the day of the data", "warning")


def _unfed(program: Program, table: str, rows: pl.DataFrame) -> Iterator[str]:
    """Return the columns that a watch reads and that hold nothing."""
    read = dict.fromkeys(column for watch in program.watches if watch.table == table for column in reads(watch.when))
    return (column for column in read if column in rows.columns and rows.height and rows[column].null_count() == rows.height)


def _triggers(watches: Iterable[Watch], table: str) -> Iterator[str]:
    return (watch.trigger for watch in watches if watch.table == table)
