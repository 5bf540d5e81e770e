"""What became of the cohort: the actuals held against the run, converted at its plan rates, every fault by row and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kam_rules.model.errors import DataError, Finding
from kam_rules.model.rates import PlanRates
from kam_rules.model.run import Run
from kam_rules.model.year import YearEnd
from kam_rules.pipeline.credit import book_lines
from kam_rules.pipeline.lineage import restated
from kam_rules.pipeline.read import rates_of
from kam_rules.pipeline.tables import MOST
from kam_rules.pipeline.yearfile import YearTable
from kam_rules.yearly.actuals import AMOUNTS, DECIMALS, MOVEMENTS

SHOWN = 5
"""Accounts that a finding names; of more, how many."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A cohort's year, in smallest units of the policy's currency.

    Attributes:
        accounts: one row an account of the cohort: account_id, start, end, kept; sums are exact.
        new: rows of no account of the cohort, and what they brought: new business, no part of retention.
        lost: accounts of the cohort without a row, read as lost because the file says so.
        restated: accounts that went into others, with how much of their base.
    """

    accounts: pl.DataFrame
    new: int
    new_amount: int
    lost: int
    restated: tuple[int, int] = (0, 0)


def outcome(run: Run, table: YearTable, counts: YearEnd, lineage: YearTable | None = None) -> Outcome:
    """Return what became of every account that had a base; `lineage` says who went into whom.

    Raises:
        DataError: KR453 another basis, KR454 columns that do not go together, KR455 an account twice, KR456 a movement that
            cannot be, KR457 a currency without a plan rate, KR458 an account without a row, KR413 a blank cell,
            KR900 to KR903 faults of the lineage.
    """
    _check_basis(run, table)
    mapped = _check_columns(table)
    rates = rates_of(run.book.source, run.book.tables, run.ready.program.currency)
    _check_rows(table, mapped, rates)
    rows = _converted(table.rows, mapped, rates, run.ready.program.minor)
    cohort = book_lines(run).filter(pl.col("base") > 0).select("account_id", start="base")
    moved_on = restated(rows, cohort, lineage, run.ready.program.minor)
    rows = moved_on.rows
    absent = cohort.join(rows, on="account_id", how="anti")["account_id"].sort()
    if len(absent) and table.doc.text("absent_rows") == "fault":
        raise DataError(_absent(table, list(absent)))
    joined = cohort.join(rows, on="account_id", how="left", maintain_order="left")
    moved = _moved(joined, mapped, counts)
    _check_moved(table, moved)
    new = rows.join(cohort, on="account_id", how="anti")
    gained = (
        pl.col("actual") if "actual" in mapped else pl.sum_horizontal(*(pl.col(name) for name in mapped if name == "expansion"), pl.lit(0))
    )
    amount = new.select(gained.cast(pl.Int128).sum()).item() if new.height else 0
    went = (moved_on.predecessors, moved_on.carried)
    return Outcome(moved.select("account_id", "start", "end", "kept"), new.height, int(amount or 0), len(absent), went)


def _check_basis(run: Run, table: YearTable) -> None:
    asked = run.policy.document.map("targets").map("base")
    wanted, found = asked.text("basis"), table.doc.text("basis")
    if found != wanted:
        message = f"the actuals count {found}, and the base of the run counts {wanted}: the two are never mixed"
        related = ((asked.key_where("basis"), "the base's basis"),)
        raise DataError(Finding("KR453", message, table.doc.key_where("basis"), f"deliver the actuals as {wanted}", related=related))


def _check_columns(table: YearTable) -> tuple[str, ...]:
    mapped = tuple(name for name in AMOUNTS if name in table.source.columns)
    where = table.doc.key_where("columns")
    if not mapped:
        raise DataError(
            Finding("KR454", "no column says what became of an account", where, "map actual, or expansion, contraction and churn")
        )
    if "actual" in mapped and len(mapped) > 1:
        message = f"'actual' already holds what {mapped[1]} says"
        raise DataError(Finding("KR454", message, where, "map actual alone, or the movements alone"))
    alone = [name for name in ("escalators", "reactivation") if name in mapped and "expansion" not in mapped]
    if alone:
        raise DataError(Finding("KR454", f"'{alone[0]}' is a part of the expansion, which no column feeds", where, "map expansion too"))
    return mapped


def _check_rows(table: YearTable, mapped: Iterable[str], rates: PlanRates) -> None:
    """Find ids that stand twice, blank cells, and currencies without a rate."""
    rows, found = table.rows, []
    twice = rows.filter(pl.col("account_id").is_duplicated())
    for row, id_ in twice.select("row", "account_id").iter_rows():
        found.append(Finding("KR455", f"{table.cell(row, 'account_id', id_)}: the account has another row", None, "keep the right one"))
    for name in mapped:
        blank = rows.filter(pl.col(name).is_null())["row"].head(MOST)
        message = "a value is missing; a blank is never 0"
        found += [Finding("KR413", f"{table.cell(row, name)}: {message}", None, "write 0 if it is 0") for row in blank]
    known = [rates.currency, *rates.rates]
    strange = rows.filter(pl.col("currency").is_not_null() & ~pl.col("currency").is_in(known))
    for row, code, id_ in strange.select("row", "currency", "account_id").head(MOST).iter_rows():
        message = f"{table.cell(row, 'currency', code)}: account {id_} is in a currency for which the run has no plan rate"
        found.append(
            Finding("KR457", message, None, "add it to plan_rates in the data file and run again; the rate of today is not the plan's")
        )
    if found:
        raise DataError(found[:MOST])


def _converted(rows: pl.DataFrame, mapped: Iterable[str], rates: PlanRates, minor: int) -> pl.DataFrame:
    """Return the amounts in smallest units of the policy's currency, each rounded once, half to even."""
    worth = {rates.currency: Fraction(1), **rates.rates}
    code = pl.col("currency").fill_null(rates.currency)
    over = code.replace_strict({c: r.numerator for c, r in worth.items()}, return_dtype=pl.Int64)
    under = code.replace_strict({c: r.denominator for c, r in worth.items()}, return_dtype=pl.Int64)
    return rows.select("account_id", "row", *(_rounded(pl.col(name), over * 10**minor, under, name) for name in mapped))


def _rounded(value: pl.Expr, over: pl.Expr, under: pl.Expr, name: str) -> pl.Expr:
    product, divisor = value.cast(pl.Int128) * over.cast(pl.Int128), under.cast(pl.Int128) * 10**DECIMALS
    down, rest = product // divisor, product % divisor
    up = pl.when((2 * rest > divisor) | ((2 * rest == divisor) & (down % 2 == 1))).then(1).otherwise(0)
    return pl.Expr.alias((down + up.cast(pl.Int128)).cast(pl.Int64), name)


def _moved(joined: pl.DataFrame, mapped: Iterable[str], counts: YearEnd) -> pl.DataFrame:
    """Return each account's end and what is kept of its start; one without a row has lost all."""
    if "actual" in mapped:
        end = pl.col("actual").fill_null(0)
        return joined.with_columns(
            end=end, kept=pl.min_horizontal("start", end), left=pl.col("start"), fixed=pl.lit(0), expansion=pl.lit(0)
        )
    parts = {name: pl.col(name).fill_null(0) if name in mapped else pl.lit(0, pl.Int64) for name in AMOUNTS}
    gone = pl.when(pl.col("row").is_null()).then(pl.col("start")).otherwise(parts["churn"] + parts["contraction"])
    out = pl.lit(0, pl.Int64)
    for name, counted in (("escalators", counts.escalators), ("reactivation", counts.reactivation)):
        out += pl.lit(0, pl.Int64) if counted else parts[name]
    left = pl.col("start") - gone
    return joined.with_columns(
        end=left + parts["expansion"] - out,
        kept=pl.min_horizontal("start", left),
        left=left,
        fixed=parts["escalators"] + parts["reactivation"],
        expansion=parts["expansion"],
    )


def _check_moved(table: YearTable, moved: pl.DataFrame) -> None:
    found = list(_impossible(table, moved))
    if found:
        raise DataError(found[:MOST])


def _impossible(table: YearTable, moved: pl.DataFrame) -> Iterator[Finding]:
    field = next((name for name in reversed(MOVEMENTS) if name in table.source.columns), "account_id")
    for row, id_ in moved.filter(pl.col("left") < 0).select("row", "account_id").iter_rows():
        yield Finding(
            "KR456", f"{table.cell(row, field)}: account {id_} loses more than it had", None, "correct it, or the base of the run"
        )
    for row, id_ in moved.filter(pl.col("fixed") > pl.col("expansion")).select("row", "account_id").iter_rows():
        message = f"{table.cell(row, 'expansion')}: escalators and reactivation of account {id_} exceed its expansion"
        yield Finding("KR456", message, None, "correct it: both are parts of the expansion")


def _absent(table: YearTable, absent: list[str]) -> Finding:
    more = f" and {len(absent) - SHOWN:,} more" if len(absent) > SHOWN else ""
    what = "an account" if len(absent) == 1 else f"{len(absent):,} accounts"
    message = f"{table.source.shown} has no row for {what} of the run: {', '.join(absent[:SHOWN])}{more}"
    return Finding("KR458", message, table.doc.key_where("absent_rows"), "deliver them, or write absent_rows: zero if they are lost")
