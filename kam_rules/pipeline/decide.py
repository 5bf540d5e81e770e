"""Decide a book: rank every account, seat them all, then assign states, targets and triggers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import cast

import polars as pl

from kam_rules.backends import Backend
from kam_rules.backends.reference import facts_of, take
from kam_rules.model.outcome import Layout
from kam_rules.model.parts import Parts
from kam_rules.model.past import SINCE, STREAK, TIER_BEFORE
from kam_rules.model.program import HIGHER, NOT_QUALIFIED, TIERS, Program, Stage
from kam_rules.model.progress import Progress, silent
from kam_rules.model.run import Taken
from kam_rules.model.tree import Const, Value
from kam_rules.model.types import BUILT_IN
from kam_rules.pipeline import codes
from kam_rules.pipeline.assemble import MET, STATES, TRIGGERS
from kam_rules.pipeline.hold import incumbents
from kam_rules.pipeline.inherit import heads, inherited
from kam_rules.pipeline.seat import COUNTS, OPEN, OUT, REASONS, UNDECIDED, Close, seat
from kam_rules.pipeline.spill import Spill

HANDED = ("qualified", "score", "coverage", "tier")
"""What the first stage and seating hand to the second."""
ACTIONS = ("promote", "demote", "review")


def decide(program: Program, accounts: Parts, engine: Backend, spill: Spill, progress: Progress = silent) -> Parts:
    """Decide every account, part by part.

    Args:
        program: a policy's program for one day.
        accounts: the typed table of a `Book`.
        engine: the engine that takes the stages.
        spill: where the parts go.
        progress: called with the number of rows done since the last call; each row counts once a stage.

    Returns:
        The table of a `Run`.
    """
    if len(program.stages) == 1:
        for part in accounts:
            ranked = engine.decide(program.stages[0], inputs(program.stages[0], part), progress)
            spill.keep("trail", _table(program, part, [ranked]))
        return spill.kept("trail")
    first, second = program.stages
    for part in accounts:
        spill.keep("ranked", engine.decide(first, inputs(first, part), progress))
    places, start = seat_all(program, accounts, spill.kept("ranked")), 0
    for part, ranked in zip(accounts, spill.kept("ranked"), strict=True):
        seated = places[start : start + part.height]
        handed = pl.concat([ranked.select("qualified", "score", "coverage"), seated.select("tier")], how="horizontal")
        assigned = engine.decide(second, inputs(second, part, handed), progress)
        spill.keep("trail", _table(program, part, [ranked, seated, assigned]))
        start += part.height
    return spill.kept("trail")


def taken(table: Parts) -> dict[str, Taken]:
    """Return, for each tier with bounded seats, how many are taken and the lowest score that got one."""
    ranked = table.lazy().filter(pl.col("seat_rank").is_not_null()).select("tier", "score")
    found = ranked.group_by("tier").agg(pl.len().alias("seats"), pl.col("score").min().alias("lowest")).sort("tier").collect()
    return {row["tier"]: Taken(row["seats"], row["lowest"]) for row in found.iter_rows(named=True)}


def inputs(stage: Stage, accounts: pl.DataFrame, handed: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the columns that a stage starts from: the accounts' own, and what earlier stages handed on."""
    columns = [(handed if handed is not None and field.name in HANDED else accounts)[field.name] for field in stage.fields]
    return pl.DataFrame(columns) if columns else accounts.select(pl.first())


def _table(program: Program, accounts: pl.DataFrame, found: list[pl.DataFrame]) -> pl.DataFrame:
    """Put the outcome of all stages beside the accounts, and what people look for first in words."""
    layout = Layout(*program.stages)
    front = accounts.select("row", *BUILT_IN, pl.col(program.base).alias("base"))
    table = pl.concat([front, *found], how="horizontal")
    seats = _open(program) if len(program.stages) == 1 else []
    return table.with_columns(*seats, codes.word(layout, program.list(STATES)).alias("state"), _action(program, layout).alias("action"))


def _action(program: Program, layout: Layout) -> pl.Expr:
    """Return the action of the first true trigger of each account."""
    found = next((rules for rules in program.lists if rules.id == TRIGGERS), None)
    if found is None:
        return pl.lit(None, pl.Enum(ACTIONS))
    actions = pl.Series([str(cast("Const", rule.gives[0]).value) for rule in found.rules], dtype=pl.Enum(ACTIONS))
    return pl.lit(actions).gather(codes.first(layout, TRIGGERS, "true"))


def _open(program: Program) -> list[pl.Expr]:
    """Where no tier is bounded, each account sits in the tier that it is eligible for."""
    kind = pl.Enum((*(seats.tier for seats in program.seating.tiers), NOT_QUALIFIED))
    tiers, layout = program.list(TIERS), Layout(program.stages[0])
    reasons = [UNDECIDED, *(OUT if cast("Const", rule.gives[0]).value == NOT_QUALIFIED else OPEN for rule in tiers.rules)]
    tier, reason = codes.word(layout, tiers, kind), codes.pick(codes.number(layout, TIERS), reasons, REASONS)
    return [tier.alias("tier"), reason.alias("seat"), pl.lit(None, pl.Int64).alias("seat_rank"), pl.lit(None, kind).alias("lost_tier")]


def seat_all(program: Program, accounts: Parts, ranked: Parts) -> pl.DataFrame:
    """Seat all accounts; of the whole book only scores and tiers are held, of the rest what decides a tie."""
    if len(program.stages) == 1:
        return ranked.lazy().select(_open(program)).collect()
    book = standing(program, accounts, ranked)
    seated = seats(program, book, accounts, close_of(program.stages[0], accounts))
    if program.seating.changes is None:
        return seated
    past = accounts.lazy().select(TIER_BEFORE, SINCE, STREAK).collect()
    count = pl.when(seated["seat"] == COUNTS).then(past[STREAK].fill_null(0) + 1).otherwise(book["below_for"])
    return seated.with_columns(_since(seated["tier"], past, program), count.alias("below_for"))


def standing(program: Program, accounts: Parts, ranked: Parts) -> pl.DataFrame:
    """Return what seating looks at of every account, each by itself; see `seat` for its columns."""
    if program.seating.changes is not None:
        return incumbents(ranked.lazy(), accounts.lazy(), program, program.seating.changes)
    tiers, layout = program.list(TIERS), Layout(program.stages[0])
    down = {f"down.{place}": _down(program, layout, place, tiers.if_unknown) for place in range(len(program.seating.tiers))}
    return ranked.lazy().select(codes.word(layout, tiers).alias("eligible"), "score", **down).collect()


def seats(program: Program, book: pl.DataFrame, accounts: Parts, close: Close) -> pl.DataFrame:
    """Seat a book as it stands, groups included."""
    return _seat_groups(book, program, accounts, close) if program.seating.inherit else seat(book, program.seating, close)


def _seat_groups(book: pl.DataFrame, program: Program, accounts: Parts, close: Close) -> pl.DataFrame:
    """Seat the heads of groups, or where members may be higher all accounts, and let members inherit."""
    table = accounts.lazy().select("account_id", "parent").collect()
    head, places = heads(table), pl.Series(range(book.height), dtype=pl.Int64)
    rows = places if program.seating.inherit == HIGHER else places.filter(head == places)
    at = rows.to_list()
    own = Close(lambda asked: close.ids([at[row] for row in asked]), lambda row, name: close.value(at[row], name))
    seated = seat(book[at], program.seating, own).with_columns(rows.alias("at"))
    spread = places.alias("at").to_frame().join(seated, on="at", how="left", maintain_order="left").drop("at")
    return inherited(spread, head, program.seating, table["account_id"])


def _since(tier: pl.Series, past: pl.DataFrame, program: Program) -> pl.Series:
    """Return since when each account holds the tier that it has now."""
    same = tier.cast(pl.String) == past[TIER_BEFORE]
    return (
        pl.select(pl.when(tier.is_not_null()).then(pl.when(same).then(past[SINCE]).otherwise(pl.lit(program.on))))
        .to_series()
        .alias("since")
    )


def _down(program: Program, layout: Layout, place: int, if_unknown: str) -> pl.Expr:
    """Return the tier to which an account steps down: the next whose condition it meets; an unknown one on the way holds it."""

    def step(below: pl.Expr, i: int) -> pl.Expr:
        met = pl.when(codes.bit(layout, MET, "true", i)).then(pl.lit(i, pl.Int8)).otherwise(below)
        return pl.when(codes.bit(layout, MET, "unknown", i)).then(pl.lit(None, pl.Int8)).otherwise(met) if if_unknown == "hold" else met

    return reduce(step, reversed(range(place + 1, len(program.seating.tiers))), pl.lit(None, pl.Int8))


def close_of(stage: Stage, accounts: Parts) -> Close:
    """Return how ids and exact values of single accounts are found, each row read once."""
    rows: dict[int, dict[str, object]] = {}
    facts: dict[int, dict[str, Value]] = {}

    def fetch(wanted: Sequence[int]) -> None:
        new = sorted(set(wanted) - rows.keys())
        if new:
            rows.update(zip(new, _dicts(accounts.rows(new)), strict=True))

    def ids(wanted: Sequence[int]) -> list[str]:
        fetch(wanted)
        return [str(rows[row]["account_id"]) for row in wanted]

    def value(row: int, name: str) -> Value:
        if row not in facts:
            fetch([row])
            facts[row] = facts_of(stage, rows[row])
            take(stage, facts[row])
        return facts[row].get(name)

    return Close(ids, value)


def _dicts(table: pl.DataFrame) -> Iterator[dict[str, object]]:
    return table.iter_rows(named=True)
