"""pandas and Polars frames, for callers in Python. NaN, NaT and None are how a frame writes missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

from kam_rules.model.book import Raw
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.sources.parquet import as_text

if TYPE_CHECKING:
    import pandas as pd


def read(frame: pd.DataFrame | pl.DataFrame, shown: str) -> Raw:
    """Return the rows of a frame as text; see `Reader`."""
    if isinstance(frame, pl.DataFrame):
        return as_text(frame.with_columns(cs.float().fill_nan(None)), shown)
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(Finding("KR405", f"two columns share a name: {', '.join(map(repr, twice))}", Where(shown), "rename one of them"))
    columns = {str(name): _cells(frame[name]) for name in frame.columns}
    return as_text(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), shown)


def _cells(column: pd.Series[Any]) -> list[str]:
    return ["" if missing else _cell(value) for value, missing in zip(column, column.isna(), strict=True)]


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a frame holds
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value.item() if hasattr(value, "item") else value)


def to_pandas(table: pl.DataFrame) -> pd.DataFrame:
    """Return a table as a pandas frame."""
    return table.to_pandas()
