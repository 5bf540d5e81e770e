"""Rows that are no accounts, as a reader sets them aside: which row, why, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from kam_rules.model.book import Why

SCHEMA = {"row": pl.Int64, "why": pl.String, "text": pl.String}


def blank_rows(numbers: Sequence[int] | pl.Series) -> pl.DataFrame | None:
    """Return blank rows as they are set aside; None where there are none."""
    return set_aside((number, Why.BLANK, "") for number in numbers) if len(numbers) else None


def set_aside(rows: Iterable[tuple[int, Why, str]]) -> pl.DataFrame:
    """Return rows with why they are set aside and what stands in them, in the order of the file."""
    return pl.DataFrame([(row, why.value, text or None) for row, why, text in rows], schema=SCHEMA, orient="row")


def height(aside: pl.DataFrame | None) -> int:
    """Return how many rows are set aside."""
    return 0 if aside is None else aside.height
