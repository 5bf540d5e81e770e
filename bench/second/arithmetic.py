"""How the second policy in Polars by hand works its figures out: exactly, or in binary doubles."""

from __future__ import annotations

from typing import Protocol

import polars as pl
from polars import col

RATIOS = {
    "share": (col("base_revenue"), col("wallet")),
    "prior_share": (col("prior_revenue"), col("prior_wallet")),
    "growth": (col("base_revenue") - col("prior_revenue"), col("prior_revenue")),
    "cts": (col("cost_to_serve"), col("base_revenue")),
    "net_margin": (col("gross_margin") - col("cost_to_serve"), col("base_revenue")),
    "cover": (col("pipeline"), col("headroom")),
}
LINES = {"share": (1250, -10, 9, 1), "growth": (2500, 10, 1, 1), "net_margin": (200000, 1, 0, 9)}
"""A score in hundredths: factor · (a · over + b · under) / (c · under)."""
SCALES = {"health_score": 10, "churn_risk": 10000, "discount": 10000}
"""How many of the smallest unit, in which `rules` writes the figures, make one."""


class Arithmetic(Protocol):
    """How figures are kept and worked out."""

    def edge(self, name: str, value: int) -> float:
        """Return an edge, written in the smallest unit, as the column holds it."""

    def at_least(self, name: str, over: int, under: int) -> pl.Expr:
        """Tell whether a ratio is at least over / under."""

    def less(self, name: str, other: str) -> pl.Expr:
        """Tell whether a ratio is less than another."""

    def line(self, name: str) -> pl.Expr:
        """Return the score of a line in hundredths."""

    def mean(self, over: pl.Expr, under: pl.Expr) -> pl.Expr:
        """Divide whole points and round half to even."""

    def amount(self, ratio: pl.Expr) -> pl.Expr:
        """Return base × ratio in cents."""


class Exact:
    """Whole numbers of 64 bits, or 128 where a product needs them."""

    wide = pl.Int128

    def edge(self, name: str, value: int) -> int:  # noqa: ARG002 - the column holds smallest units
        """Return the edge as it is."""
        return value

    def _parts(self, name: str) -> tuple[pl.Expr, pl.Expr]:
        over, under = RATIOS[name]
        if name == "cover":
            over = pl.when(under < 0).then(0 - over).otherwise(over)
            under = under.abs()
        return over, pl.when(under != 0).then(under)

    def at_least(self, name: str, over: int, under: int) -> pl.Expr:
        """Multiply out across."""
        top, bottom = self._parts(name)
        return top * under >= bottom * over

    def less(self, name: str, other: str) -> pl.Expr:
        """Multiply out across in 128 bits."""
        (a, b), (c, d) = self._parts(name), self._parts(other)
        return a.cast(self.wide) * d.cast(self.wide) < c.cast(self.wide) * b.cast(self.wide)

    def line(self, name: str) -> pl.Expr:
        """Work the line out in 128 bits."""
        factor, a, b, c = LINES[name]
        over, under = self._parts(name)
        top = (over * a + under * b).cast(self.wide) * factor
        bottom = under.cast(self.wide) * c
        inside = self._half_even(top, bottom).cast(pl.Int64)
        return (
            pl.when(bottom.is_null() | top.is_null())
            .then(None)
            .when(top <= 0)
            .then(0)
            .when(top >= bottom * 10000)
            .then(10000)
            .otherwise(inside)
        )

    @staticmethod
    def _half_even(over: pl.Expr, under: pl.Expr) -> pl.Expr:
        whole, rest = over // under, over % under * 2
        up = (rest > under) | ((rest == under) & (whole % 2 == 1))
        return whole + up.cast(pl.Int64)

    def mean(self, over: pl.Expr, under: pl.Expr) -> pl.Expr:
        """Divide in 64 bits."""
        return self._half_even(over, under)

    def amount(self, ratio: pl.Expr) -> pl.Expr:
        """Multiply whole units with hundredths of a percent: hundredths of a cent."""
        return self._half_even(col("base_revenue") * ratio, pl.lit(100, pl.Int64))


class Doubles:
    """Binary doubles: divided once, compared and rounded as they are."""

    def edge(self, name: str, value: int) -> float:
        """Return the edge in whole units."""
        return value / SCALES[name] if name in SCALES else value

    def _ratio(self, name: str) -> pl.Expr:
        over, under = RATIOS[name]
        return pl.when(under != 0).then(over / under)

    def at_least(self, name: str, over: int, under: int) -> pl.Expr:
        """Compare the quotient."""
        return self._ratio(name) >= over / under

    def less(self, name: str, other: str) -> pl.Expr:
        """Compare two quotients."""
        return self._ratio(name) < self._ratio(other)

    def line(self, name: str) -> pl.Expr:
        """Work the line out on the quotient."""
        factor, a, b, c = LINES[name]
        return ((self._ratio(name) * a + b) * (factor / c)).clip(0, 10000).round().cast(pl.Int64)

    def mean(self, over: pl.Expr, under: pl.Expr) -> pl.Expr:
        """Divide and round."""
        return (over / under).round().cast(pl.Int64)

    def amount(self, ratio: pl.Expr) -> pl.Expr:
        """Multiply with the ratio and round to cents."""
        return (col("base_revenue") * ratio / 100).round().cast(pl.Int64)
