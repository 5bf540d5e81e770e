"""Read a table that comes during or after the year: its file, what it says, and its rows by their contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from kam_rules.model.book import ColumnMap, Raw, TableSource
from kam_rules.model.document import Mapping
from kam_rules.model.errors import DataError, PolicyError
from kam_rules.model.policy import Source
from kam_rules.pipeline.datafile import table_source
from kam_rules.pipeline.load import excerpts, parse, read_file
from kam_rules.pipeline.shape import check_shape
from kam_rules.pipeline.tables import cell, typed_rows
from kam_rules.sources import read_whole
from kam_rules.yearly import Word, word, year_schema

NUMBER = " number of the row"


@dataclass(frozen=True, slots=True)
class YearTable:
    """One table: what its file says of it, and its rows, typed; `row` counts as a spreadsheet does."""

    doc: Mapping
    source: TableSource
    rows: pl.DataFrame

    def cell(self, row: int, field: str, raw: object = None) -> str:
        """Say which cell is meant, by the column of the source."""
        column = self.source.columns[field].column if field in self.source.columns else field
        return cell(self.source.shown, row, column, None if raw is None else str(raw))


def load(path: Path, name: str) -> YearTable:
    """Return the table `name` of a file.

    Raises:
        DataError: every fault of the file or of its rows.
    """
    document, text, source = _document(path)
    findings = check_shape(document, year_schema() | {"required": [name]})
    if findings:
        raise DataError(excerpts(findings, {source.path: text}))
    doc, found = document.map(name), word(name)
    table = table_source(doc, path)
    file = Path(table.path)
    raw = read_whole(file, table.shown, table.where, {column.column for column in table.columns.values()})
    return YearTable(doc, table, _rows(raw, table, found))


def holds(path: Path, name: str) -> bool:
    """Tell whether a file says anything of the table `name`; see `load`."""
    return name in _document(path)[0]


def _document(path: Path) -> tuple[Mapping, str, Source]:
    try:
        text, source = read_file(path)
        return parse(text, source.path), text, source
    except PolicyError as error:
        raise DataError(error.findings) from None


def _rows(raw: Raw, table: TableSource, found: Word) -> pl.DataFrame:
    """Return the rows, typed; where equal rows are different facts they are told apart by their number."""
    if found.COPIES:
        numbered = raw.table.with_columns(pl.col("row").cast(pl.String).alias(NUMBER))
        raw = replace(raw, table=numbered, names=(*raw.names, NUMBER))
        table = replace(table, columns={**table.columns, NUMBER: ColumnMap(NUMBER)})
    return typed_rows(raw, table, found.FIELDS, 0)
