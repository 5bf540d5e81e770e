"""What becomes of accounts that hold a tier: which they may compete for, which are held where they are, and why.

One exact function over all accounts, from the bits of the ranking and what history gives of each.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce

import polars as pl

from kam_rules.model.outcome import Layout
from kam_rules.model.past import SINCE, STREAK, TIER_BEFORE
from kam_rules.model.program import NOT_QUALIFIED, Changes, Hit, Program
from kam_rules.model.program import TIERS as LIST
from kam_rules.model.tree import Const
from kam_rules.pipeline import codes
from kam_rules.pipeline.assemble import AT_ONCE, GATES, KEPT, MET
from kam_rules.pipeline.seat import COUNTS, OPEN_GATE, OPEN_TIER, WAITS

PLACE = pl.Int8


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the ranking says of each account, as columns: its own tier's place is the column `own`."""

    program: Program
    layout: Layout

    @property
    def count(self) -> int:
        """The number of tiers, which is also the place of whoever does not pass the gates."""
        return len(self.program.seating.tiers)

    def bit(self, list_: str, kind: str, i: int) -> pl.Expr:
        """Tell whether a rule was true, or unknown."""
        return codes.bit(self.layout, list_, kind, i)

    def own(self, list_: str, kind: str) -> pl.Expr:
        """Tell whether the rule of the account's own tier was true, or unknown."""
        own = pl.col("own").fill_null(-1)
        return pl.any_horizontal((own == i) & self.bit(list_, kind, i) for i in range(self.count))

    def true(self, i: int) -> pl.Expr:
        """Tell whether an account meets a tier's condition; of its own tier the raised score does as well."""
        return self.bit(MET, "true", i) | ((pl.col("own") == i).fill_null(value=False) & self.bit(KEPT, "true", i))

    def unknown(self, i: int) -> pl.Expr:
        """Tell whether an account may meet a tier's condition."""
        either = self.bit(MET, "unknown", i) | ((pl.col("own") == i).fill_null(value=False) & self.bit(KEPT, "unknown", i))
        return either & ~self.true(i)

    def below(self, place: int) -> pl.Expr:
        """Return the first tier under a place whose condition an account meets; an unknown one on the way leaves it open."""
        holds = self.program.list(LIST).if_unknown == "hold"

        def step(rest: pl.Expr, i: int) -> pl.Expr:
            met = pl.when(self.true(i)).then(pl.lit(i, PLACE)).otherwise(rest)
            return pl.when(self.unknown(i)).then(pl.lit(None, PLACE)).otherwise(met) if holds else met

        return reduce(step, reversed(range(place + 1, self.count)), pl.lit(None, PLACE))

    def unanswered(self) -> pl.Expr:
        """Tell whether a gate is unanswered and none is answered no."""
        gates = next((found for found in self.program.lists if found.id == GATES), None)
        if gates is None:
            return pl.lit(value=False)
        no = [~self.bit(GATES, "true", i) & ~self.bit(GATES, "unknown", i) for i in range(len(gates.rules))]
        return ~pl.col("qualified") & ~pl.any_horizontal(no)

    def action(self) -> pl.Expr:
        """Return what the first true immediate trigger says; nothing where none is."""
        found = next((rules for rules in self.program.lists if rules.id == AT_ONCE), None)
        if found is None:
            return pl.lit(None, pl.String)
        words = [str(rule.gives[0].value) for rule in found.rules if isinstance(rule.gives[0], Const)]
        return pl.lit(pl.Series(words, dtype=pl.String)).gather(codes.first(self.layout, AT_ONCE, "true"))


def incumbents(ranked: pl.LazyFrame, past: pl.LazyFrame, program: Program, changes: Changes) -> pl.DataFrame:
    """Return the book that is seated, with what history makes of it.

    Args:
        ranked: the outcome of the ranking.
        past: the same accounts, in the same order, with what history gives of each.
        program: a program for one day.
        changes: when tiers change.

    Returns:
        One row an account: `eligible` (a place), `score`, `down.K`, and of who holds a tier `own` (its place), `hold`
        (why it stays where it is, whatever its score; null where nothing keeps it), `kept` (it meets its tier's
        condition only with the score raised), `moved` (an immediate trigger took or gave the tier), `below_for`.
    """
    asked = _Asked(program, Layout(program.stages[0]))
    order = [*(seats.tier for seats in program.seating.tiers), NOT_QUALIFIED]
    places = pl.col(TIER_BEFORE).replace_strict({tier: i for i, tier in enumerate(order)}, default=None, return_dtype=PLACE)
    found = pl.concat([ranked, past.select(TIER_BEFORE, SINCE, STREAK)], how="horizontal")
    found = found.with_columns(own=places, eligible_now=_eligible(program, asked.layout))
    found = found.with_columns(open_gate=asked.unanswered().fill_null(value=False), action=asked.action())
    found = found.with_columns(now=_now(asked), below=_below(asked))
    found = found.with_columns(below_for=_streak(), waited=_waited(changes, program.on))
    found = found.with_columns(sent=_sent(asked))
    found = found.with_columns(hold=_hold(asked.count, changes))
    down = {f"down.{place}": asked.below(place) for place in range(asked.count)}
    near = (pl.col("own") < asked.count) & (pl.col("own") == pl.col("now")) & ~asked.own(MET, "true")
    moved = pl.col("sent").is_not_null() | ((pl.col("action") == "promote") & (pl.col("now") < pl.col("own")) & ~pl.col("waited"))
    return found.select(
        "score",
        "own",
        "hold",
        "below_for",
        pl.lit(pl.Series(order)).gather(pl.coalesce("sent", "now").cast(pl.UInt32)).alias("eligible"),
        near.fill_null(value=False).alias("kept"),
        moved.fill_null(value=False).alias("moved"),
        **down,
    ).collect()


def _eligible(program: Program, layout: Layout) -> pl.Expr:
    """Return the place of the tier that the ranking decides."""
    tiers = program.list(LIST)
    order = [*(seats.tier for seats in program.seating.tiers), NOT_QUALIFIED]
    places = [None, *(order.index(str(rule.gives[0].value)) for rule in tiers.rules if isinstance(rule.gives[0], Const))]
    return pl.lit(pl.Series(places, dtype=PLACE)).gather(codes.number(layout, LIST).cast(pl.UInt32))


def _now(asked: _Asked) -> pl.Expr:
    """Return the place an account is eligible for, with its own tier asked of the raised score."""
    own, decided = pl.col("own"), pl.col("eligible_now")
    keeps = pl.when(asked.own(KEPT, "true")).then(own).otherwise(decided)
    raised = keeps if asked.program.list(LIST).hit is Hit.UNIQUE else asked.below(-1)
    return pl.when((own < asked.count) & pl.col("qualified")).then(raised).otherwise(decided)


def _below(asked: _Asked) -> pl.Expr:
    """Tell whether this review finds an incumbent below its tier; unknown where its gate or condition is."""
    true = asked.own(MET, "true") | asked.own(KEPT, "true")
    open_ = asked.own(MET, "unknown") | asked.own(KEPT, "unknown")
    judged = pl.when(true).then(pl.lit(value=False)).when(open_).then(pl.lit(None, pl.Boolean)).otherwise(pl.lit(value=True))
    gated = pl.when(pl.col("open_gate")).then(pl.lit(None, pl.Boolean)).otherwise(pl.lit(value=True))
    return pl.when(pl.col("own") < asked.count).then(pl.when(pl.col("qualified")).then(judged).otherwise(gated))


def _streak() -> pl.Expr:
    """Return the reviews in a row that found an incumbent below, this one included; one that cannot tell counts as none."""
    before = pl.col(STREAK).fill_null(0)
    return (
        pl.when(pl.col("below").is_null() & pl.col("own").is_not_null())
        .then(before)
        .when(pl.col("below"))
        .then(before + 1)
        .otherwise(pl.when(pl.col("own").is_not_null()).then(pl.lit(0, pl.Int64)))
    )


def _waited(changes: Changes, on: dt.date | None) -> pl.Expr:
    assert on is not None, "a program is seated on a day"
    return ((pl.lit(on) - pl.col(SINCE)).dt.total_days() >= changes.wait_at_least).fill_null(value=True)


def _sent(asked: _Asked) -> pl.Expr:
    """Return where an immediate `demote` sends an incumbent: to the next tier that it meets, or out of all."""
    out = ~pl.col("qualified") & ~pl.col("open_gate")
    under: pl.Expr = pl.lit(None, PLACE)
    for i in range(asked.count):
        under = pl.when(pl.col("own") == i).then(asked.below(i)).otherwise(under)
    return pl.when(pl.col("action") == "demote").then(
        pl.when((pl.col("own") < asked.count) & out).then(pl.lit(asked.count, PLACE)).otherwise(under)
    )


def _hold(count: int, changes: Changes) -> pl.Expr:
    """Return why an account stays in the tier that it holds; null where nothing keeps it there."""
    own, now, free = pl.col("own"), pl.col("now"), pl.col("sent").is_not_null()
    waiting = ~pl.col("waited")
    few = pl.col(STREAK).fill_null(0) + 1 < changes.demote_after  # this review counts, whether its score or the capacity is against it
    held = (
        pl.when(pl.col("open_gate"))
        .then(pl.lit(OPEN_GATE))
        .when(now.is_null())
        .then(pl.lit(OPEN_TIER))
        .when(waiting)
        .then(pl.lit(WAITS))
        .when(few)
        .then(pl.lit(COUNTS))
    )
    outside = pl.when((now < own) & waiting).then(pl.lit(WAITS))
    return pl.when(free).then(pl.lit(None, pl.String)).when(own < count).then(held).when(own == count).then(outside)
