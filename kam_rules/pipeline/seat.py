"""Seat the eligible accounts within capacity and share limit: one exact function over all accounts at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from kam_rules.model.program import NOT_QUALIFIED, Changes, Program, Seating, Seats
from kam_rules.model.tree import Value

SEATED, OPEN, CAPACITY, SHARE, OUT, UNDECIDED = "seated", "open", "capacity", "share_limit", "not_qualified", "undecided"
NEAR, MOVED = "kept", "immediate"
WAITS, COUNTS, OPEN_TIER, OPEN_GATE = "held_waiting", "held_count", "held_undecided", "held_gate"
HELD = (WAITS, COUNTS, OPEN_TIER, OPEN_GATE)
INHERITED = "inherited"
REASONS = pl.Enum((SEATED, OPEN, CAPACITY, SHARE, OUT, UNDECIDED, NEAR, MOVED, *HELD, INHERITED))
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
    down, and is cut from the lowest key tier up.

    An account with a `hold` that is not seated in its `own` tier, or above it, by its rank is held there before all
    others, past the capacity if need be. Where the policy says so, those of the tier's own accounts that meet its condition come next.
    Without `own` there are no incumbents.

    Args:
        book: one row an account: `eligible` (the tier by name, not_qualified, or null where it is undecided), `score`
            (whole hundredths or the like, null where missing), and for each tier with a place in the order `K` from
            the top `down.K`: the place of the tier to which an account without a seat there steps down, null where
            none is known. Of incumbents also `own` (the place of the tier held), `hold` (why it stays there; null where
            nothing keeps it), `kept` and `moved`; see `kam_rules.pipeline.hold`.
        seating: capacities, tie-breaks, share limit.
        close: what ranking needs of single accounts.

    Returns:
        One row an account: `tier`, `seat` (why), `seat_rank` (its place where seats are bounded), `lost_tier`.
    """
    order = [seats.tier for seats in seating.tiers]
    names = pl.Enum((*order, NOT_QUALIFIED))
    if "own" not in book.columns:
        nobody = {"own": pl.Int8, "hold": pl.String, "kept": pl.Boolean, "moved": pl.Boolean}
        book = book.with_columns(pl.lit(None, kind).alias(name) for name, kind in nobody.items())
    places = book["eligible"].cast(pl.String).cast(names).to_physical().cast(pl.Int8)
    caps: Caps = {s.tier: (s.capacity, CAPACITY) for s in seating.tiers}
    walked = _walk(book, places, seating, caps, close)
    cut = _cut(walked[0], len(places) - places.null_count(), seating, caps)
    at, lost, why, rank = walked if cut == caps else _walk(book, places, seating, cut, close)
    bounded = pl.Series([*(cut[tier][0] is not None for tier in order), False])
    table = book.select("own", "kept", "moved").with_columns(at=at, lost=lost, why=why, rank=rank)
    tier, lost_tier = (pl.lit(pl.Series([*order, NOT_QUALIFIED], dtype=names)).gather(pl.col(c).cast(pl.UInt32)) for c in ("at", "lost"))
    return table.select(tier=tier, seat=_reason(len(order), bounded), seat_rank=pl.col("rank"), lost_tier=lost_tier)


Walked = tuple[pl.Series, pl.Series, pl.Series, pl.Series]
Caps = dict[str, tuple[int | None, str]]


def alone(program: Program) -> Program:
    """Return the program for accounts without rivals: no capacity and no share of a book bounds a seat."""
    tiers = tuple(replace(seats, capacity=None) for seats in program.seating.tiers)
    return replace(program, seating=replace(program.seating, tiers=tiers, at_most=None))


def _walk(book: pl.DataFrame, places: pl.Series, seating: Seating, caps: Caps, close: Close) -> Walked:
    """Walk the tiers from the top; return where each account comes to sit, where it first lost a seat, why, and its rank."""
    hold, own = book["hold"], book["own"]
    rises = (hold == COUNTS) | book["moved"]  # patience, and a trigger past the waiting time, keep it from falling alone
    upward = (rises & (places < own)).fill_null(value=False)
    firm = hold.is_not_null() & places.ne_missing(own) & ~upward
    at = own.zip_with(firm, places)
    lost, why, rank = (pl.Series([None], dtype=kind).new_from_index(0, len(at)) for kind in (pl.Int8, REASONS, pl.Int64))
    why = hold.cast(REASONS).zip_with(firm, why)
    for place, seats in enumerate(seating.tiers):
        cap, reason = caps[seats.tier]
        if cap is None:
            continue
        held, asking = ((at == place) & firm).arg_true(), ((at == place) & ~firm).arg_true()
        best, stay = _seated(asking, len(held), cap, _Ranked(book, place, seats, close, seating.changes))
        rank = rank.scatter(best, pl.Series(range(1, len(best) + 1), dtype=pl.Int64))
        why = why.scatter(stay, hold.gather(stay).cast(REASONS))
        rest = asking.filter(~asking.is_in(pl.Series([*best, *stay], dtype=asking.dtype).implode()))
        down, lost = book[f"down.{place}"].gather(rest), lost.scatter(rest, lost.gather(rest).fill_null(place))
        caught = rest.filter(hold.gather(rest).is_not_null() & ~(down <= own.gather(rest)).fill_null(value=False))
        at, firm = at.scatter(rest, down).scatter(caught, own.gather(caught)), firm.scatter(caught, values=True)
        why = why.scatter(rest, pl.Series([reason], dtype=REASONS).new_from_index(0, len(rest)))
        why = why.scatter(caught, hold.gather(caught).cast(REASONS))
    return at, lost, why, rank


def _reason(out: int, bounded: pl.Series) -> pl.Expr:
    """Say why an account sits where it does.

    Args:
        out: the place of those that no tier takes.
        bounded: whether the seats of each place are bounded.
    """
    stays = pl.col("at") == pl.col("own")
    return (
        pl.when(pl.col("why").cast(pl.String).is_in(HELD))
        .then(pl.col("why"))
        .when(pl.col("moved") & ~stays)
        .then(pl.lit(MOVED, REASONS))
        .when(pl.col("kept") & stays)
        .then(pl.lit(NEAR, REASONS))
        .when(pl.col("at").is_null())
        .then(pl.lit(UNDECIDED, REASONS))
        .when(pl.col("at") == out)
        .then(pl.lit(OUT, REASONS))
        .when(pl.col("why").is_not_null())
        .then(pl.col("why"))
        .when(pl.lit(bounded).gather(pl.col("at").cast(pl.UInt32)))
        .then(pl.lit(SEATED, REASONS))
        .otherwise(pl.lit(OPEN, REASONS))
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One tier with bounded seats, and what its candidates rank by."""

    book: pl.DataFrame
    place: int
    seats: Seats
    close: Close
    changes: Changes | None

    def best(self, asking: pl.Series, cap: int) -> list[int]:
        """Return the rows that are seated, best first; where the policy says so, its own accounts come first."""
        score = self.book["score"]
        if self.changes is None or not self.changes.incumbents_first:
            return _best(asking, score, cap, self.seats, self.close)
        own = (self.book["own"].gather(asking) == self.place).fill_null(value=False)
        first = _best(asking.filter(own), score, cap, self.seats, self.close)
        return [*first, *_best(asking.filter(~own), score, cap - len(first), self.seats, self.close)]


def _seated(asking: pl.Series, held: int, cap: int, tier: _Ranked) -> tuple[list[int], list[int]]:
    """Return who is seated by rank, and who of the tier's own keeps its place without: each leaves one seat less by rank."""
    if tier.changes is None:
        return tier.best(asking, cap), []
    bound = tier.book["hold"].gather(asking).is_not_null() & (tier.book["own"].gather(asking) == tier.place).fill_null(value=False)
    keep = set(asking.filter(bound).to_list())
    stay: set[int] = set()
    while True:
        free = asking.filter(~asking.is_in(pl.Series(sorted(stay), dtype=asking.dtype).implode()))
        best = tier.best(free, max(0, cap - held - len(stay)))
        late = keep - stay - set(best)
        if not late:
            return best, sorted(stay)
        stay |= late


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


def _cut(at: pl.Series, decided: int, seating: Seating, caps: Caps) -> Caps:
    """Return each tier's capacity after the share limit has been cut from the lowest key tier up, and what bounds it.

    Args:
        at: the place at which each account sits without the limit.
        decided: the accounts that the share is of.
        seating: the share limit.
        caps: the capacities that the policy gives.
    """
    if seating.at_most is None:
        return caps
    order, cut = [seats.tier for seats in seating.tiers], dict(caps)
    taken = {tier: int((at == order.index(tier)).sum()) for tier in seating.key_tiers}
    over = sum(taken.values()) - int(seating.at_most * decided)
    for tier in reversed(seating.key_tiers):
        if over > 0:
            less = min(over, taken[tier])
            cut[tier] = (taken[tier] - less, SHARE)
            over -= less
    return cut
