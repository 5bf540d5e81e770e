"""Find the rows that share an id: exact copies of one row, and rows that contradict one another."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl


def doubles(ids: pl.Series, parts: list[pl.Series], raw: Iterable[pl.DataFrame], fed: list[str]) -> tuple[pl.DataFrame, pl.Series]:
    """Return the rows that are exact copies of an earlier one, with that row, and the rows of ids that have several contents.

    Args:
        ids: the hash of the id in every row; null where the row has none.
        parts: the same, part by part.
        raw: the rows, part by part: `row`, `account_id` and a column for each field of `fed`.
        fed: the fields that some column feeds; rows are copies where they agree in all of them.

    Returns:
        A frame of `row` and `of`, and the numbers of the contradicting rows.
    """
    shared = _shared(ids)
    if not len(shared):
        return pl.DataFrame(schema={"row": pl.Int64, "of": pl.Int64}), pl.Series([], dtype=pl.Int64)
    alike = pl.concat(part.filter(own.is_in(shared.implode()).fill_null(value=False)) for part, own in zip(raw, parts, strict=True))
    found = alike.with_columns(pl.col("row").first().over(fed).alias("of"))
    single = found.filter(pl.col("row") == pl.col("of"))
    merged = found.filter(pl.col("row") != pl.col("of")).select("row", "of")
    return merged, single.filter(pl.col("account_id").is_duplicated())["row"]


def _shared(ids: pl.Series) -> pl.Series:
    """Return the hashes that stand in more than one row."""
    ordered = ids.drop_nulls().sort()
    return ordered.filter(ordered == ordered.shift(1)).unique()
