"""Read the tables beside the accounts by their contracts: every cell at fault is named, and nothing is read in part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from kam_rules.evidence.pack import sha256
from kam_rules.formats._cells import unguarded
from kam_rules.model.book import AccountsSource, ColumnMap, Raw, TableSource
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Source
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.conventions import DOUBTS, examine
from kam_rules.sources import read_whole
from kam_rules.sources._contract import comparable, reason, texts, typed
from kam_rules.sources._conventions import MISFIT, plain
from kam_rules.tables import table

MOST = 100
"""Cells at fault that are told at once."""

OURS = ("history",)
"""Tables that this program writes, with a guard before every text that a spreadsheet would run."""

Columns = Mapping[str, tuple[Field, ...]]
"""The columns of watched tables that the policy declares, by table."""
NONE: Columns = {}


def read_tables(source: AccountsSource, minor: int, columns: Columns = NONE) -> tuple[dict[str, pl.DataFrame], tuple[Source, ...]]:
    """Return every table beside the accounts, by its word, and the files that they were read from.

    Args:
        source: what the data file says.
        minor: decimals of the policy's currency.
        columns: what the policy declares of watched tables.

    Raises:
        DataError: KR401 to KR405 a file cannot be read, KR413 to KR426 a cell breaks its contract.
    """
    found: dict[str, pl.DataFrame] = {}
    files: list[Source] = []
    faults: list[Finding] = []
    for name, beside in source.tables.items():
        try:
            rows = read_table(beside, (*table(name).FIELDS, *columns.get(name, ())), minor)
        except DataError as error:
            faults += error.findings
            continue
        found[name] = unguarded(rows) if name in OURS else rows
        files.append(Source(beside.shown, sha256(Path(beside.path))))
    if faults:
        raise DataError(faults[:MOST])
    return found, tuple(files)


def frame_tables(source: AccountsSource, raws: Mapping[str, Raw], minor: int, columns: Columns = NONE) -> dict[str, pl.DataFrame]:
    """Return tables that were given as frames, typed; see `read_tables`."""
    contracts = {name: (*table(name).FIELDS, *columns.get(name, ())) for name in source.tables}
    return {name: typed_rows(raws[name], beside, contracts[name], minor) for name, beside in source.tables.items()}


def read_table(source: TableSource, contract: Iterable[Field], minor: int) -> pl.DataFrame:
    """Return one table: `row` as a spreadsheet counts, and a column for each field, null where nothing feeds it.

    Raises:
        DataError: every fault of the file.
    """
    path = Path(source.path)
    wanted = {column.column for column in source.columns.values()}
    return typed_rows(read_whole(path, source.shown, source.where, wanted, source.layout), source, contract, minor)


def typed_rows(raw: Raw, source: TableSource, contract: Iterable[Field], minor: int) -> pl.DataFrame:
    """Return rows that have been read as text, typed by their contract; exact copies merge; see `read_table`.

    Raises:
        DataError: every column that is missing, or else every cell at fault.
    """
    fields = [replace(f, decimals=minor) if f.type is Type.MONEY else f for f in contract]
    _check_columns(raw, source, [f.name for f in fields if f.required])
    faults = [Finding("KR407", f"{source.shown} row {row}: the row does not fit the header ({why})") for row, why in raw.faults]
    columns = {name: column.column for name, column in source.columns.items()}
    cells = raw.table.select("row", *comparable(raw.table, columns)).unique(subset=list(columns), keep="first", maintain_order=True)
    values, found = _typed(cells, fields, source.columns, source.shown)
    if any(fault.code in DOUBTS for fault in found):
        texts_of = {f.name: cells[f.name] for f in fields if _may_be_written(f, cells)}
        how = {name: source.columns[name] for name in texts_of}
        found_how = examine(texts_of, {f.name: f for f in fields}, how)
        values, found = _typed(cells, fields, {**source.columns, **found_how}, source.shown)
    if faults + found:
        raise DataError((faults + found)[:MOST])
    return values


def _may_be_written(field: Field, cells: pl.DataFrame) -> bool:
    return field.name in cells.columns and cells.schema[field.name] == pl.String and (field.type.numeric or field.type is Type.DATE)


def _typed(
    cells: pl.DataFrame, fields: Iterable[Field], columns: Mapping[str, ColumnMap], shown: str
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the values of all fields, and every cell at fault."""
    values, faults = {"row": cells["row"]}, list[Finding]()
    for field in fields:
        column = columns.get(field.name, ColumnMap(""))
        raw = cells[field.name] if column.column else pl.Series([None], dtype=pl.String).new_from_index(0, cells.height)
        found = plain(raw, field, column)
        values[field.name], codes, _ = typed(found, field, column.unit)
        if found.dtype == pl.String:
            codes = pl.select(pl.when(found == MISFIT).then(pl.lit("KR429")).otherwise(codes)).to_series()
        if field.required:
            codes = pl.select(pl.when(found.is_null()).then(pl.lit("KR413")).otherwise(codes)).to_series()
        faults += _faults(cells, field, column, codes, shown)
    return pl.DataFrame(values), faults


def _check_columns(raw: Raw, source: TableSource, least: Iterable[str]) -> None:
    names = list(raw.names)
    unfed = [name for name in least if name not in source.columns]
    if unfed:
        raise DataError(Finding("KR404", f"no column of {source.shown} feeds '{unfed[0]}'", source.where, f"add a column {unfed[0]}"))
    absent = [c for c in source.columns.values() if c.column not in names]
    if absent:
        message = f"{source.shown} has no column"
        raise DataError([Finding("KR404", f"{message} '{c.column}'", c.where, did_you_mean(c.column, names)) for c in absent])


def _faults(cells: pl.DataFrame, field: Field, column: ColumnMap, codes: pl.Series, shown: str) -> Iterable[Finding]:
    bad = pl.DataFrame({"row": cells["row"], "code": codes, "raw": texts(cells[field.name]) if field.name in cells.columns else None})
    for row, code, raw in bad.filter(pl.col("code").is_not_null()).head(MOST).iter_rows():
        sentence, fix = reason(code, raw or "", field, column.unit, column.written)
        yield Finding(code, f"{cell(shown, row, column.column, raw)}: {sentence}", None, fix)


def cell(shown: str, row: int, column: str, raw: str | None = None) -> str:
    """Say which cell of a table is meant."""
    return f"{shown} row {row}, column '{column}'" + (f", '{raw}'" if raw else "")


def columns_of(sources: Mapping[str, TableSource], name: str) -> Mapping[str, str]:
    """Return the column of the source that feeds each field of a table; the field's own name where none is known."""
    source = sources.get(name)
    return {f.name: source.columns[f.name].column if source and f.name in source.columns else f.name for f in table(name).FIELDS}
