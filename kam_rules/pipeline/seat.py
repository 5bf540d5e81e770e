"""Seat the eligible accounts within capacity and share limit: one exact function over all accounts at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from kam_rules.model.program import NOT_QUALIFIED, Program, Seating, Seats
from kam_rules.model.tree import Value

SEATED, OPEN, CAPACITY, SHARE, OUT, UNDECIDED = "seated", "open", "capacity", "share_limit", "not_qualified", "undecided"
REASONS = pl.Enum((SEATED, OPEN, CAPACITY, SHARE, OUT, UNDECIDED))
LEAST = -(2**62)
"""Stands for a missing score, which ranks below every other."""


@dataclass(frozen=True, slots=True)
class Close:
    """What ranking needs of the accounts that share a score: their ids and, for tie-breaks, exact values.

    Both take row numbers; few are ever asked.
    """

    ids: Callable[[Sequence[int]], Sequence[str]]
    value: Callable[[int, str], Value]


def seat(book: pl.DataFrame, seating: Seating, close: Close) -> pl.DataFrame:
    """Seat every account.

    From the top tier, those eligible rank by score, then by the tier's tie-breaks (missing last), then by id; the
    unseated compete for the next tier whose condition they meet. The share limit counts the accounts decided, rounded
    down, and is cut from the lowest key tier up. In a first run there are no incumbents.

    Args:
        book: one row an account: `eligible` (the tier by name, not_qualified, or null where it is undecided), `score`
            (whole hundredths or the like, null where missing), and for each tier with a place in the order `K` from
            the top `down.K`: the place of the tier to which an account without a seat there steps down, null where
            none is known.
        seating: capacities, tie-breaks, share limit.
        close: what ranking needs of single accounts.

    Returns:
        One row an account: `tier`, `seat` (why), `seat_rank` (its place where seats are bounded), `lost_tier`.
    """
    order = [seats.tier for seats in seating.tiers]
    names = pl.Enum((*order, NOT_QUALIFIED))
    places = book["eligible"].cast(pl.String).cast(names).to_physical().cast(pl.Int8)
    caps = _capacities(book, places, seating, close)
    at, lost, why, rank = _walk(book, places, seating, caps, close)
    bounded = pl.Series([*(caps[tier][0] is not None for tier in order), False])
    reason = (
        pl.when(pl.col("at").is_null())
        .then(pl.lit(UNDECIDED, REASONS))
        .when(pl.col("at") == len(order))
        .then(pl.lit(OUT, REASONS))
        .when(pl.col("why").is_not_null())
        .then(pl.col("why"))
        .when(pl.lit(bounded).gather(pl.col("at").cast(pl.UInt32)))
        .then(pl.lit(SEATED, REASONS))
        .otherwise(pl.lit(OPEN, REASONS))
    )
    table = pl.DataFrame({"at": at, "lost": lost, "why": why, "rank": rank})
    tier, lost_tier = (pl.lit(pl.Series([*order, NOT_QUALIFIED], dtype=names)).gather(pl.col(c).cast(pl.UInt32)) for c in ("at", "lost"))
    return table.select(tier=tier, seat=reason, seat_rank=pl.col("rank"), lost_tier=lost_tier)


Walked = tuple[pl.Series, pl.Series, pl.Series, pl.Series]
Caps = dict[str, tuple[int | None, str]]


def alone(program: Program) -> Program:
    """Return the program for accounts without rivals: no capacity and no share of a book bounds a seat."""
    tiers = tuple(replace(seats, capacity=None) for seats in program.seating.tiers)
    return replace(program, seating=replace(program.seating, tiers=tiers, at_most=None))


def _walk(book: pl.DataFrame, places: pl.Series, seating: Seating, caps: Caps, close: Close) -> Walked:
    """Walk the tiers from the top; return where each account comes to sit, where it first lost a seat, why, and its rank."""
    at = places.clone()
    lost, why, rank = (pl.Series([None], dtype=kind).new_from_index(0, len(at)) for kind in (pl.Int8, REASONS, pl.Int64))
    for place, seats in enumerate(seating.tiers):
        cap, reason = caps[seats.tier]
        if cap is None:
            continue
        asking = (at == place).arg_true()
        best = _best(asking, book["score"], cap, seats, close)
        rank = rank.scatter(best, pl.Series(range(1, len(best) + 1), dtype=pl.Int64))
        rest = asking.filter(~asking.is_in(pl.Series(best, dtype=asking.dtype).implode()))
        at = at.scatter(rest, book[f"down.{place}"].gather(rest))
        lost = lost.scatter(rest, lost.gather(rest).fill_null(place))
        why = why.scatter(rest, pl.Series([reason], dtype=REASONS).new_from_index(0, len(rest)))
    return at, lost, why, rank


def _best(asking: pl.Series, score: pl.Series, cap: int, seats: Seats, close: Close) -> list[int]:
    """Return the rows that are seated, best first; only those at or above the score of the last seat are looked at."""
    if cap == 0 or not len(asking):
        return []
    scores = score.gather(asking).fill_null(LEAST)
    least = scores.top_k(cap).min() if len(asking) > cap else scores.min()
    near = (scores >= least).arg_true()
    rows, found = asking.gather(near).to_list(), scores.gather(near).to_list()
    ids, shared = close.ids(rows), Counter(found)

    def keys(row: int, score_: int) -> list[tuple[bool, Fraction]]:
        return [_key(close.value(row, name), down=down) for name, down in seats.tie_break] if shared[score_] > 1 else []

    ranked = sorted((-s, keys(row, s), id_, row) for row, s, id_ in zip(rows, found, ids, strict=True))
    return [row for *_, row in ranked[:cap]]


def _key(value: Value, *, down: bool) -> tuple[bool, Fraction]:
    if value is None or isinstance(value, str):
        return (True, Fraction(0))
    number = value if isinstance(value, Fraction) else Fraction(value) if isinstance(value, bool) else Fraction(value.toordinal())
    return (False, -number if down else number)


def _capacities(book: pl.DataFrame, places: pl.Series, seating: Seating, close: Close) -> Caps:
    """Return each tier's capacity after the share limit has been cut from the lowest key tier up, and what bounds it."""
    caps: Caps = {s.tier: (s.capacity, CAPACITY) for s in seating.tiers}
    if seating.at_most is None:
        return caps
    at, *_ = _walk(book, places, replace(seating, at_most=None), caps, close)
    order = [seats.tier for seats in seating.tiers]
    taken = {tier: int((at == order.index(tier)).sum()) for tier in seating.key_tiers}
    over = sum(taken.values()) - int(seating.at_most * (len(places) - places.null_count()))
    for tier in reversed(seating.key_tiers):
        if over > 0:
            cut = min(over, taken[tier])
            caps[tier] = (taken[tier] - cut, SHARE)
            over -= cut
    return caps
