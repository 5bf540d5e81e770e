"""Parquet files. A double is read as its shortest decimal, as it would be printed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path
from typing import BinaryIO

import polars as pl

from kam_rules.model.book import Layout, Raw
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.model.refusal import unreadable

PART = 2**18
"""Rows that are read at a time."""


def read(path: Path, shown: str, wanted: Collection[str], layout: Layout = Layout()) -> Iterator[Raw]:  # noqa: ARG001, B008 - a typed file says itself how it lies
    """Return the rows of the file, part by part; see `Reader`."""
    try:
        with path.open("rb") as file:
            names = tuple(pl.read_parquet_schema(file))
            height = _height(file, shown)
        lazy = pl.scan_parquet(path, glob=False).select(name for name in names if name in wanted or name == "row")
        for start in range(0, max(height, 1), PART):
            left = max(height - start - PART, 0)
            yield as_raw(lazy.slice(start, PART).collect(), shown, names, start, left)
    except OSError as error:
        raise unreadable(error, shown) from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        message = f"this is no Parquet file that can be read: {str(error).splitlines()[0]}"
        raise DataError(Finding("KR402", message, Where(shown), "write it again")) from None


def _height(file: BinaryIO, shown: str) -> int:
    """Return the number of rows, having seen that every column is of one type in all row groups: a reader goes by the first.

    Raises:
        DataError: KR402 a column changes its type.
    """
    from pyarrow.parquet import ParquetFile

    told = ParquetFile(file).metadata
    for group, column in product(range(told.num_row_groups), range(told.num_columns)):
        found, promised = told.row_group(group).column(column).physical_type, told.schema.column(column).physical_type
        if found != promised:
            message = f"column '{told.schema.column(column).path}' is {promised} by the header and {found} in row group {group + 1}"
            raise DataError(Finding("KR402", message, Where(shown), "write the file again with one type for each column"))
    return int(told.num_rows)


def as_raw(table: pl.DataFrame, shown: str, names: tuple[str, ...], start: int = 0, left: int = 0) -> Raw:
    """Return a typed table as rows, counted as under a header; bytes become text."""
    if "row" in names:
        raise DataError(Finding("KR405", "a column is called 'row', the name for row numbers", Where(shown), "rename it"))
    nested = [name for name, kind in table.schema.items() if kind.is_nested() or kind == pl.Object]
    if nested:
        message = f"a cell holds one value; these columns hold several: {', '.join(nested)}"
        raise DataError(Finding("KR402", message, Where(shown), "leave them out, or flatten them"))
    binary = [name for name, kind in table.schema.items() if kind == pl.Binary]
    try:
        table = table.with_columns(pl.col(binary).cast(pl.String))
    except pl.exceptions.ComputeError:
        message = f"these columns hold bytes that are not UTF-8: {', '.join(binary)}"
        raise DataError(Finding("KR402", message, Where(shown), "write them as text")) from None
    return Raw(table.with_row_index("row", offset=start + 2).with_columns(pl.col("row").cast(pl.Int64)), names=names, left=left)
