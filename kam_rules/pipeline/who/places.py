"""Where key accounts stand: share of wallet, markets and their leaders, new markets, and accounts that are to become large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.run import Run
from kam_rules.pipeline.measures import RATIO_PLACES
from kam_rules.pipeline.who.members import Members

FULL, OPEN = Fraction(90, 100), Fraction(25, 100)
"""Article 004's two customers: one that buys nearly all from us, and one of whose spend three quarters go elsewhere."""
LARGE, NEAR_LARGE = Fraction(20, 100), Fraction(40, 100)
"""The shares of accounts, the largest first, outside which an account is key for what it may become."""
HORIZON = (18, 36)
"""Months within which article 004 expects it."""
PAIRS = 3


def wallets(found: Members) -> dict[str, pl.DataFrame]:
    """Return the accounts with a base by share of wallet: nearly all, between, a quarter or less, unknown."""
    share = pl.col("penetration")
    full, open_ = (int(edge * 10**RATIO_PLACES) for edge in (FULL, OPEN))
    rows = found.rows.filter(pl.col("base") > 0)
    return {
        "90% and more": rows.filter(share >= full),
        "between": rows.filter((share < full) & (share > open_)),
        "25% and less": rows.filter(share <= open_),
        "unknown": rows.filter(share.is_null()),
    }


def contrasts(found: Members) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return pairs of accounts alike in base, one nearly full, one wide open: those nearest to each other, each once."""
    parts = wallets(found)
    full, open_ = (part.filter(pl.col("target_amount").is_not_null()) for part in (parts["90% and more"], parts["25% and less"]))
    if not full.height or not open_.height:
        return []
    left, right = (part.sort("base", "account_id") for part in (full, open_))
    near = left.join_asof(right, on="base", strategy="nearest", suffix="_open", coalesce=False)
    pairs = near.with_columns(away=(pl.col("base") - pl.col("base_open")).abs()).sort("away", "account_id")
    taken: dict[str, str] = {}
    for one, other in pairs.select("account_id", "account_id_open").iter_rows():
        if other not in taken.values() and len(taken) < PAIRS:
            taken[one] = other
    rows = found.by_id([*taken, *taken.values()])
    return [(rows[one], rows[other]) for one, other in taken.items()]


def outside(found: Members, share: Fraction) -> pl.DataFrame:
    """Return the key accounts that are not among so many of the largest: key for what they may become."""
    largest = int(share * found.rows.filter(pl.col("base") > 0).height)
    return found.keys.filter(pl.col("rank").is_null() | (pl.col("rank") > largest))


@dataclass(frozen=True, slots=True)
class Became:
    """An account that was key for its potential, then and now; `now` is None where the run has it no more."""

    then: Mapping[str, Any]
    now: Mapping[str, Any] | None
    large: bool


@dataclass(frozen=True, slots=True)
class Horizon:
    """What became of them in so many months."""

    months: int
    accounts: tuple[Became, ...]


def horizon(earlier: Members, found: Members) -> Horizon:
    """Return what became of the earlier run's key accounts outside its largest fifth."""
    small = outside(earlier, LARGE)
    now = found.by_id(small["account_id"].to_list())
    largest = int(LARGE * found.rows.filter(pl.col("base") > 0).height)
    told = []
    for row in small.iter_rows(named=True):
        today = now.get(row["account_id"])
        told.append(Became(row, today, bool(today and today["rank"] and today["rank"] <= largest)))
    return Horizon(_months(earlier.run, found.run), tuple(told))


def _months(then: Run, now: Run) -> int:
    a, b = then.ready.as_of, now.ready.as_of
    return (b.year - a.year) * 12 + b.month - a.month
