"""Decide a book: rank every account, seat them all, then assign states, targets and triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, cast

import polars as pl

from kam_rules.backends import Backend, Progress
from kam_rules.backends.reference import facts_of, take
from kam_rules.model.outcome import WORD, mask
from kam_rules.model.outcome import words as words_in
from kam_rules.model.program import NOT_QUALIFIED, Program, RuleList, Stage
from kam_rules.model.tree import Const, Value
from kam_rules.model.types import BUILT_IN
from kam_rules.pipeline.assemble import MET, STATES, TIERS, TRIGGERS
from kam_rules.pipeline.seat import CAPACITY, OPEN, OUT, SEATED, SHARE, UNDECIDED, Candidate, Seat, seat

HANDED = ("qualified", "score", "coverage", "tier")
"""What the first stage and seating hand to the second."""
ACTIONS = ("promote", "demote", "review")
REASONS = pl.Enum((SEATED, OPEN, CAPACITY, SHARE, OUT, UNDECIDED))


def decide(program: Program, accounts: pl.DataFrame, engine: Backend, progress: Progress = lambda _: None) -> pl.DataFrame:
    """Decide every account.

    Args:
        program: a policy's program for one day.
        accounts: the typed table of a `Book`.
        engine: the engine that takes both stages.
        progress: called with the number of rows done since the last call; each row counts once a stage.

    Returns:
        The table of a `Run`.
    """
    ranking, assigning = program.stages
    ranked = engine.decide(ranking, inputs(ranking, accounts), progress)
    seats = seat_all(program, accounts, ranked)
    handed = pl.concat([ranked.select("qualified", "score", "coverage"), seats.select("tier")], how="horizontal")
    assigned = engine.decide(assigning, inputs(assigning, accounts, handed), progress)
    state = _given(assigning.list(STATES), assigned, "state")
    front = accounts.select("row", *BUILT_IN, pl.col(program.base).alias("base"))
    action = _actions(assigning, assigned)
    return pl.concat([front, ranked, seats, assigned, state, action], how="horizontal")


def inputs(stage: Stage, accounts: pl.DataFrame, handed: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the columns that a stage starts from: the accounts' own, and what earlier stages handed on."""
    columns = [(handed if handed is not None and field.name in HANDED else accounts)[field.name] for field in stage.fields]
    return pl.DataFrame(columns) if columns else accounts.select(pl.first())


def _given(found: RuleList, table: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return what the deciding rule of a list gives, where every rule gives a word."""
    words = [str(cast("Const", rule.gives[0]).value) for rule in found.rules]
    given = pl.Series([None, *words], dtype=pl.Enum(list(dict.fromkeys(words))))
    index = (pl.col(f"{found.id}.rule") + 1).cast(pl.UInt32)
    return table.select(pl.lit(given).gather(index).alias(name))


def _actions(stage: Stage, table: pl.DataFrame) -> pl.DataFrame:
    """Return the action of the first true trigger of each account."""
    found = next((rules for rules in stage.lists if rules.id == TRIGGERS), None)
    if found is None:
        return table.select(pl.repeat(None, pl.len(), dtype=pl.Enum(ACTIONS)).alias("action"))
    actions = pl.Series([str(cast("Const", rule.gives[0]).value) for rule in found.rules], dtype=pl.Enum(ACTIONS))
    first: pl.Expr = pl.lit(None, pl.Int64)
    for i in reversed(range(words_in(len(found.rules)))):
        word = pl.col(f"{TRIGGERS}.true.{i}")
        lowest = word.bitwise_trailing_zeros().cast(pl.Int64) + i * WORD
        first = pl.when(word != 0).then(lowest).otherwise(first)
    return table.select(pl.lit(actions).gather(first).alias("action"))


def seat_all(program: Program, accounts: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """Seat all accounts; where no tier is bounded, each keeps the tier it is eligible for."""
    tiers = program.ranking.list(TIERS)
    eligible = _given(tiers, ranked, "tier")["tier"]
    if all(found.id != MET for found in program.ranking.lists):
        out = pl.when(eligible == NOT_QUALIFIED).then(pl.lit(OUT, REASONS)).otherwise(pl.lit(OPEN, REASONS))
        reason = pl.when(eligible.is_null()).then(pl.lit(UNDECIDED, REASONS)).otherwise(out)
        plain = pl.select(tier=eligible, seat=reason)
        return plain.with_columns(seat_rank=pl.lit(None, pl.Int64), lost_tier=pl.lit(None, eligible.dtype))
    ids = accounts["account_id"].to_list()
    rows = {id_: i for i, id_ in enumerate(ids)}
    seats = seat(
        list(_candidates(program, ids, eligible.to_list(), ranked)),
        program.seating,
        tie_values(program.ranking, lambda id_: accounts.row(rows[id_], named=True)),
        tiers.if_unknown,
    )
    ordered: list[Seat] = [seats[id_] for id_ in ids]
    kinds: dict[str, Any] = {"tier": eligible.dtype, "seat": REASONS, "seat_rank": pl.Int64, "lost_tier": eligible.dtype}
    return pl.DataFrame([(s.tier, s.reason, s.rank, s.lost) for s in ordered], schema=kinds, orient="row")


def _candidates(program: Program, ids: list[str], eligible: list[str | None], ranked: pl.DataFrame) -> Iterator[Candidate]:
    met = [name for name in ranked.columns if name.startswith(MET)]
    for id_, tier, row in zip(ids, eligible, ranked.select("score", *met).iter_rows(named=True), strict=True):
        score = None if row["score"] is None else Fraction(row["score"], 10**program.round)
        yield Candidate(id_, tier, score, mask(row, MET, "true"), mask(row, MET, "unknown"))


def tie_values(stage: Stage, row: Callable[[str], dict[str, object]]) -> Callable[[str, str], Value]:
    """Return the exact value of a name for an account, worked out when a tie asks for it."""
    known: dict[str, dict[str, Value]] = {}

    def value(account_id: str, name: str) -> Value:
        if account_id not in known:
            facts = facts_of(stage, row(account_id))
            take(stage, facts)
            known[account_id] = facts
        return known[account_id].get(name)

    return value
