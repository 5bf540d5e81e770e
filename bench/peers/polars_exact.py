"""Polars by hand, exact: the fused code of `polars_fused`, ratios as whole numbers of 64 bits multiplied out across."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
from polars import col

from peers.polars_fused import RATIOS, plan, told

__all__ = ["decide", "ready", "told"]
PLACES = 10_000
"""Ratios that stand in the book have 4 decimals."""


class Exact:
    """Ratios as they are: numerator and denominator, multiplied out across where they are compared."""

    def columns(self) -> dict[str, pl.Expr]:
        """Return nothing: no ratio is divided out."""
        return {}

    def below(self, name: str, edge: float) -> pl.Expr:
        """Compare over · denominator with under · numerator."""
        over, under = RATIOS[name]
        exact = Fraction(str(edge))
        if under is None:
            return over < int(exact * PLACES)
        return over * exact.denominator < under * exact.numerator


def ready(table: pl.DataFrame) -> pl.DataFrame:
    """Return the book with the ratios that stand in it as whole numbers."""
    return table.with_columns((col("gross_margin", "growth_forecast") * PLACES).round().cast(pl.Int64))


def decide(table: pl.DataFrame) -> pl.DataFrame:
    """Decide every row."""
    return plan(table.lazy(), Exact()).collect(engine="streaming")
