"""Parquet files. A double is read as its shortest decimal, as it would be printed."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from kam_rules.model.book import Raw
from kam_rules.model.errors import DataError, Finding, Where


def read(path: Path, shown: str) -> Raw:
    """Return the rows of the file as text; see `Reader`."""
    try:
        with path.open("rb") as file:
            table = pl.read_parquet(file)
    except OSError as error:
        message = f"cannot read this file: {(error.strerror or str(error)).lower()}"
        raise DataError(Finding("KR401", message, Where(shown), "check the path in the data file")) from None
    except (pl.exceptions.PolarsError, ValueError) as error:
        message = f"this is no Parquet file that can be read: {str(error).splitlines()[0]}"
        raise DataError(Finding("KR402", message, Where(shown), "write it again")) from None
    return as_text(table, shown)


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    """Return a column as text; a whole float is written without a point, as the count or flag that it is."""
    if kind.is_temporal():
        return pl.col(name).dt.to_string("iso")
    text = pl.col(name).cast(pl.String)
    return text.str.strip_suffix(".0") if kind.is_float() else text


def as_text(table: pl.DataFrame, shown: str) -> Raw:
    """Return a typed table as text, its rows counted as under a header."""
    if "row" in table.columns:
        raise DataError(Finding("KR405", "a column is called 'row', the name for row numbers", Where(shown), "rename it"))
    nested = [name for name, kind in table.schema.items() if kind.is_nested() or kind == pl.Object]
    if nested:
        message = f"a cell holds one value; these columns hold several: {', '.join(nested)}"
        raise DataError(Finding("KR402", message, Where(shown), "leave them out, or flatten them"))
    cells = [_text(name, kind).fill_null("").alias(name) for name, kind in table.schema.items()]
    try:
        texts = table.select(cells)
    except pl.exceptions.ComputeError:
        binary = ", ".join(name for name, kind in table.schema.items() if kind == pl.Binary)
        raise DataError(
            Finding("KR402", f"these columns hold bytes that are not UTF-8: {binary}", Where(shown), "write them as text")
        ) from None
    return Raw(texts.with_row_index("row", offset=2).with_columns(pl.col("row").cast(pl.Int64)))
