"""Accounts of one category that a baseline asks the same of although they stand apart: one above its figure, one below."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

MOST = 3


@dataclass(frozen=True, slots=True)
class Side:
    """One account of a pair."""

    account_id: str
    state: str
    base: int
    target: int


@dataclass(frozen=True, slots=True)
class Category:
    """One category: its accounts and amounts, the lowest and highest target NRR in it, and accounts that stand apart.

    `pairs` holds, for the largest accounts above the baseline, the account of another state below it that is nearest in
    base; `above` and `below` count the accounts on either side.
    """

    name: str
    accounts: int
    base: int
    target: int
    baseline: int
    lowest: Fraction
    highest: Fraction
    above: int
    below: int
    pairs: tuple[tuple[Side, Side], ...]


def categories(rows: pl.DataFrame, category: str, most: int = MOST) -> tuple[Category, ...]:
    """Return every category of the accounts, in order of name.

    Args:
        rows: one row an account with account_id, state, base (> 0), target_amount, the baseline's amount as `baseline`, and
            the category.
        category: the column of the category.
        most: pairs that are told of each category.
    """
    known = rows.drop_nulls([category, "baseline", "target_amount"]).filter(pl.col("base") > 0)
    return tuple(_category(str(name[0]), part, most) for name, part in sorted(known.group_by(category), key=lambda item: str(item[0][0])))


def _category(name: str, part: pl.DataFrame, most: int) -> Category:
    sides = [Side(*row) for row in part.select("account_id", "state", "base", "target_amount").iter_rows()]
    asked = dict(part.select("account_id", "baseline").iter_rows())
    above = sorted((s for s in sides if s.target > asked[s.account_id]), key=lambda s: (-s.base, s.account_id))
    below = sorted((s for s in sides if s.target < asked[s.account_id]), key=lambda s: (s.base, s.account_id))
    ratios = [Fraction(side.target, side.base) for side in sides]
    pairs: list[tuple[Side, Side]] = []
    alone: set[str] = set()
    for side in above:
        if len(pairs) == most:
            break
        near = None if side.state in alone else _nearest(side, below)
        if near is None:
            alone.add(side.state)
        else:
            pairs.append((side, near))
    return Category(
        name,
        len(sides),
        sum(side.base for side in sides),
        sum(side.target for side in sides),
        sum(asked.values()),
        min(ratios),
        max(ratios),
        len(above),
        len(below),
        tuple(pairs),
    )


def _nearest(side: Side, below: list[Side]) -> Side | None:
    """Return the account of another state that is nearest in base, ties to the smaller base, then by id."""
    at = bisect_left(below, side.base, key=lambda other: other.base)
    down = next((other for other in reversed(below[:at]) if other.state != side.state), None)
    up = next((other for other in below[at:] if other.state != side.state), None)
    if down is None or up is None:
        return down or up
    return down if side.base - down.base <= up.base - side.base else up
