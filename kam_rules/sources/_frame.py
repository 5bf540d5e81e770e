"""pandas and Polars frames, for callers in Python. NaN, NaT and None are how a frame writes missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl
import polars.selectors as cs

from kam_rules.model.book import Raw
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.sources.parquet import as_raw

if TYPE_CHECKING:
    import pandas as pd

Frame: TypeAlias = "pd.DataFrame | pl.DataFrame"
WHOLE = 2**53
"""Whole floats below this are written without a point: a column of 1 and 0 with a gap is floats in pandas."""


def read(frame: Frame, shown: str) -> Raw:
    """Return the rows of a frame as text; see `Reader`."""
    if isinstance(frame, pl.DataFrame):
        return as_raw(frame.with_columns(cs.float().fill_nan(None)), shown, tuple(frame.columns))
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(Finding("KR405", f"two columns share a name: {', '.join(map(repr, twice))}", Where(shown), "rename one of them"))
    columns = {str(name): _cells(frame[name]) for name in frame.columns}
    return as_raw(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), shown, tuple(columns))


def _cells(column: pd.Series[Any]) -> list[str]:
    try:
        missing = list(column.isna())
    except ArithmeticError:  # a signalling NaN
        missing = [False] * len(column)
    return ["" if absent is True else _cell(value) for value, absent in zip(column, missing, strict=True)]


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a frame holds
    """Write a cell as text; what is no single value becomes a text that every contract refuses."""
    try:
        if hasattr(value, "isoformat"):
            return str(value.isoformat())
        plain = value.item() if hasattr(value, "item") else value
        return str(int(plain)) if isinstance(plain, float) and plain.is_integer() and abs(plain) < WHOLE else str(plain)
    except (ArithmeticError, TypeError, ValueError):
        return f"<{type(value).__name__}>"


def to_pandas(table: pl.DataFrame) -> pd.DataFrame:
    """Return a table as a pandas frame."""
    return table.to_pandas()
