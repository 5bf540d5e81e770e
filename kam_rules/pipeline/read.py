"""Read the accounts of a source by the policy's data contract: exact values, and every fault with its row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from kam_rules.model.book import AccountsSource, Book, ColumnMap, Raw
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Source
from kam_rules.model.program import Program
from kam_rules.model.rates import PlanRates
from kam_rules.model.types import BUILT_IN, Field, Type
from kam_rules.pipeline.holders import check_people
from kam_rules.pipeline.tables import read_tables
from kam_rules.sources import reader
from kam_rules.sources._contract import present, typed
from kam_rules.sources._rates import converted, foreign, plan_rates

FAULTS = {
    "row": pl.Int64,
    "account_id": pl.String,
    "field": pl.String,
    "column": pl.String,
    "raw": pl.String,
    "code": pl.String,
    "refused": pl.Boolean,
}
PLAN_RATES = "plan_rates"
ROW_FAULTS = ("KR407", "KR411", "KR412", "KR413", "KR414", "KR415", "KR417")
"""Codes that refuse the whole row, in whichever cell they stand."""


def read_source(source: AccountsSource, program: Program, files: tuple[Source, ...] = ()) -> Book:
    """Return the accounts of a file, and the tables beside them.

    Raises:
        DataError: a file fault (KR401 to KR406, KR426), or one of a table beside the accounts: nothing can be decided.
    """
    tables, beside = read_tables(source, program.minor)
    path = Path(source.path)
    raw = reader(path, source.shown, source.where).read(path, source.shown)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return read_raw(raw, source, program, (*files, Source(source.shown, digest), *beside), tables)


def read_raw(
    raw: Raw, source: AccountsSource, program: Program, files: tuple[Source, ...], tables: Mapping[str, pl.DataFrame] | None = None
) -> Book:
    """Return the accounts of rows that have been read as text; see `read_source`."""
    contract = {f.name: f for f in program.fields}
    rates = rates_of(source, tables or {}, program.currency)
    fed = {name: column for name, column in source.columns.items() if name in contract or name in BUILT_IN}
    _check_columns(raw, source, program, fed)
    texts = raw.table.select("row", *(present(column.column).alias(name) for name, column in fed.items()))
    texts, merged, faults = _identify(raw, texts, fed)
    values: dict[str, pl.Series] = {"row": texts["row"]}
    rounded: dict[str, int] = {}
    for name in BUILT_IN:
        values[name] = texts[name] if name in fed else pl.Series([None], dtype=pl.String).new_from_index(0, texts.height)
    faults += _foreign(texts, fed, rates)
    for name, field in contract.items():
        column = fed.get(name)
        text = texts[name] if column else pl.Series([None], dtype=pl.String).new_from_index(0, texts.height)
        if column and field.type is Type.MONEY and "currency" in fed:
            text = converted(text, texts["currency"], rates, field.decimals)
        values[name], codes, rounded[name] = typed(text, field, column.unit if column else "")
        faults += _cells(texts, field, column, codes)
        faults += _required(texts, field, column, values[name], codes)
    table = pl.concat(faults) if faults else pl.DataFrame(schema=FAULTS)
    _check_units(table, source, contract)
    refused = table.filter("refused")["row"].unique()
    keep = ~texts["row"].is_in(refused.implode())
    raw_table = texts.filter(keep)
    book = Book(
        pl.DataFrame(values).filter(keep),
        raw_table,
        table.sort("row", "field", maintain_order=True),
        source,
        files,
        raw.table.height,
        merged,
        raw.blank,
        tuple(name for name, f in contract.items() if name not in fed and not f.required),
        tuple(name for name in source.columns if name not in fed),
        tuple((name, count) for name, count in rounded.items() if count),
        tables or {},
    )
    check_people(book)
    return book


def rates_of(source: AccountsSource, tables: Mapping[str, pl.DataFrame], currency: str) -> PlanRates:
    """Return the plan rates that stand beside the accounts; none but the policy's own currency where there is no table."""
    named = source.tables.get(PLAN_RATES)
    return plan_rates(tables.get(PLAN_RATES), currency, named.shown if named else PLAN_RATES)


def _check_columns(raw: Raw, source: AccountsSource, program: Program, fed: dict[str, ColumnMap]) -> None:
    names = [name for name in raw.table.columns if name != "row"]
    found = []
    for name, column in source.columns.items():
        if column.column not in names:
            message = f"{source.shown} has no column '{column.column}'"
            if name in fed:
                found.append(Finding("KR404", message, column.where, did_you_mean(column.column, names)))
    for field in program.fields:
        mapped = fed.get(field.name)
        if mapped is not None and mapped.unit and mapped.where is not None and field.type is not Type.RATIO:
            message = f"'unit' says how a ratio is written; '{field.name}' is a {field.type}"
            found.append(Finding("KR426", message, mapped.where, "take unit: out"))
        if field.required and field.name not in fed:
            message = f"no column feeds '{field.name}', which the policy requires"
            found.append(Finding("KR404", message, source.where, f"add {field.name}: with its column under columns"))
    if "account_id" not in fed:
        found.append(Finding("KR404", "no column feeds 'account_id'", source.where, "add account_id: with its column"))
    if not raw.table.height and not found:
        found.append(Finding("KR403", f"{source.shown} has no rows", Where(source.shown), "is it the right file?"))
    if found:
        raise DataError(found)


def _identify(raw: Raw, texts: pl.DataFrame, fed: dict[str, ColumnMap]) -> tuple[pl.DataFrame, int, list[pl.DataFrame]]:
    """Merge exact copies; name rows without an id, rows that do not fit the header, and one id with two contents."""
    before = texts.height
    texts = texts.unique(subset=list(fed), keep="first", maintain_order=True)
    misfit = dict(raw.faults)
    ids = texts["account_id"]
    if ids.null_count() == len(ids):
        column = fed["account_id"]
        message = f"the column '{column.column}' holds no account id"
        raise DataError(Finding("KR406", message, column.where, "map account_id to the column of the ids"))
    faults = [
        _fault_rows(texts.filter(pl.col("row").is_in(list(misfit))), "", "", "KR407"),
        _fault_rows(texts.filter(ids.is_null()), "account_id", fed["account_id"].column, "KR411"),
        _fault_rows(texts.filter(ids.is_not_null() & ids.is_duplicated()), "account_id", fed["account_id"].column, "KR412"),
    ]
    faults[0] = faults[0].with_columns(raw=pl.col("row").replace_strict(misfit, default="", return_dtype=pl.String))
    return texts, before - texts.height, faults


def _fault_rows(rows: pl.DataFrame, field: str, column: str, code: str) -> pl.DataFrame:
    text = pl.col(field) if field else pl.lit("")
    return rows.select(
        pl.col("row"),
        pl.col("account_id").fill_null(""),
        field=pl.lit(field),
        column=pl.lit(column),
        raw=text.fill_null(""),
        code=pl.lit(code),
        refused=pl.lit(code in ROW_FAULTS),
    ).cast(FAULTS)  # type: ignore[arg-type]


def _foreign(texts: pl.DataFrame, fed: dict[str, ColumnMap], rates: PlanRates) -> Iterable[pl.DataFrame]:
    if "currency" in fed:
        yield _fault_rows(texts.filter(foreign(texts["currency"], rates)), "currency", fed["currency"].column, "KR417")


def _cells(texts: pl.DataFrame, field: Field, column: ColumnMap | None, codes: pl.Series) -> Iterable[pl.DataFrame]:
    """One row for each cell that breaks the contract; in a required field it refuses the account."""
    if column is None:
        return
    for code in codes.drop_nulls().unique().sort():
        rows = _fault_rows(texts.filter((codes == code).fill_null(value=False)), field.name, column.column, code)
        yield rows.with_columns(refused=pl.lit(field.required or code in ROW_FAULTS))


def _required(texts: pl.DataFrame, field: Field, column: ColumnMap | None, values: pl.Series, codes: pl.Series) -> Iterable[pl.DataFrame]:
    if column is not None and field.required:
        absent = values.is_null() & codes.is_null()
        yield _fault_rows(texts.filter(absent), field.name, column.column, "KR413")


def _check_units(faults: pl.DataFrame, source: AccountsSource, contract: dict[str, Field]) -> None:
    found = []
    for name in faults.filter(pl.col("code") == "KR426")["field"].unique().sort():
        column = source.columns[name]
        raw = faults.filter((pl.col("code") == "KR426") & (pl.col("field") == name))["raw"][0]
        message = f"'{name}' is a {contract[name].type}, and '{column.column}' holds bare numbers such as {raw}"
        fix = f"write {name}: {{column: {column.column}, unit: percent}} if 12 means 12%, or unit: fraction if 0.12 does"
        found.append(Finding("KR426", message, column.where, fix))
    if found:
        raise DataError(found)
