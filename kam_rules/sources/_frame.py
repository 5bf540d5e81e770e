"""pandas and Polars frames, for callers in Python. NaN, NaT and None are how a frame writes missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from kam_rules.model.book import Raw
from kam_rules.sources.parquet import as_text

if TYPE_CHECKING:
    import pandas as pd


def read(frame: pd.DataFrame | pl.DataFrame, shown: str) -> Raw:
    """Return the rows of a frame as text; see `Reader`."""
    if isinstance(frame, pl.DataFrame):
        return as_text(frame, shown)
    columns = {str(name): [_cell(value) for value in frame[name]] for name in frame.columns}
    return as_text(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), shown)


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a frame holds
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value.item() if hasattr(value, "item") else value)
