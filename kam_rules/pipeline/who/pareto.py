"""Who brings the revenue and who the profit: producers of 80%, the whale curve, diamonds, and large accounts that earn little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

MOST = Fraction(80, 100)
"""The share of revenue, or of profit, that producers are counted for."""
BITS = 62
ABOVE, BELOW = Fraction(125, 100), Fraction(1, 2)
"""Share of profit in proportion to share of revenue: of a diamond more than the one, of a large account that earns little less than the
other."""


@dataclass(frozen=True, slots=True)
class Producers:
    """The fewest accounts that together bring at least 80% of a whole, the largest first; none where the whole is not above 0.

    Attributes:
        of: all accounts with a figure above 0.
        unknown: accounts without a figure, which count as nothing here and are not zero.
    """

    ids: tuple[str, ...]
    of: int
    whole: int
    brought: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the whale curve: the first `accounts` by profit, the one that stands there, and their profit together."""

    accounts: int
    account_id: str
    profit: int
    together: int


def producers(rows: pl.DataFrame, name: str, share: Fraction = MOST) -> Producers:
    """Return who brings most of a column; ties by id.

    Examples:
        >>> rows = pl.DataFrame({"account_id": ["a", "b", "c"], "base": [50, 30, 20]})
        >>> producers(rows, "base").ids
        ('a', 'b')
    """
    known = rows.filter(pl.col(name) > 0).sort([name, "account_id"], descending=[True, False])
    whole = int(rows[name].cast(pl.Int128).sum() or 0)
    unknown = rows[name].null_count()
    if whole <= 0:
        return Producers((), known.height, whole, 0, unknown)
    ids, brought = [], 0
    for id_, amount in known.select("account_id", name).iter_rows():
        if Fraction(brought, whole) >= share:
            break
        ids.append(str(id_))
        brought += int(amount)
    return Producers(tuple(ids), known.height, whole, brought, unknown)


def whale(rows: pl.DataFrame) -> tuple[Point, ...]:
    """Return the whale curve: accounts by profit, the most profitable first, ties by id, each with what all up to it earn.

    Accounts that brought and earned nothing are left out.
    """
    there = rows.drop_nulls("profit").filter((pl.col("base") != 0) | (pl.col("profit") != 0))
    known = there.sort(["profit", "account_id"], descending=[True, False])
    points, together = [], 0
    for i, (id_, profit) in enumerate(known.select("account_id", "profit").iter_rows(), 1):
        together += int(profit)
        points.append(Point(i, str(id_), int(profit), together))
    return tuple(points)


def thinned(points: Sequence[Point], most: int) -> tuple[Point, ...]:
    """Return at most so many points, evenly spread, with the first, the peak and the last among them."""
    if len(points) <= most:
        return tuple(points)
    peak = max(range(len(points)), key=lambda i: points[i].together)
    step = Fraction(len(points) - 1, most - 2)
    kept = {*(int(step * i) for i in range(most - 1)), peak, len(points) - 1}
    return tuple(points[i] for i in sorted(kept))


def standing(rows: pl.DataFrame) -> tuple[int, str]:
    """Return what shares of profit are shares of, and how a reader is told: of all losses too, unless they outweigh the gains."""
    net = int(rows["profit"].cast(pl.Int128).sum() or 0)
    if net > 0:
        return net, "of the profit of all accounts together"
    gains = int(rows.filter(pl.col("profit") > 0)["profit"].cast(pl.Int128).sum() or 0)
    return gains, "of the profits alone, since the losses outweigh them"


def diamonds(rows: pl.DataFrame, large: Iterable[str]) -> pl.DataFrame:
    """Return the accounts outside the large ones whose share of profit is more than a quarter above their share of revenue."""
    small = rows.filter(~pl.col("account_id").is_in(list(large)) & (pl.col("profit") > 0) & (pl.col("base") > 0))
    return _by_profit(small.filter(_weight(rows, ABOVE) > 0), descending=True)


def poor(rows: pl.DataFrame, large: Iterable[str]) -> pl.DataFrame:
    """Return the large accounts whose share of profit is less than half their share of revenue, the worst first."""
    found = rows.filter(pl.col("account_id").is_in(list(large))).drop_nulls("profit")
    return _by_profit(found.filter(_weight(rows, BELOW) < 0), descending=False)


def _by_profit(rows: pl.DataFrame, *, descending: bool) -> pl.DataFrame:
    return rows.sort(["profit", "account_id"], descending=[descending, False])


def _weight(rows: pl.DataFrame, times: Fraction) -> pl.Expr:
    """Return on which side of `times` its share of revenue an account's share of profit lies: above 0, on it 0, below.

    Where nothing is earned at all, every account lies on it. Sums beyond 62 bits are cut to that, so that products fit 127.
    """
    whole, _ = standing(rows)
    revenue = int(rows["base"].cast(pl.Int128).sum() or 0)
    if whole <= 0:
        return pl.lit(0)
    left = Fraction(revenue, whole) / times
    beyond = max(0, max(left.numerator, left.denominator).bit_length() - BITS)
    return pl.col("profit").cast(pl.Int128) * (left.numerator >> beyond) - pl.col("base").cast(pl.Int128) * (left.denominator >> beyond)
