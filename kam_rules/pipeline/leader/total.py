"""Where the total comes from: from the base by state to what the accounts bring, and on to what leadership asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.quota import TeamOutcome
from kam_rules.model.run import Run
from kam_rules.pipeline.assemble import STATES
from kam_rules.pipeline.books import lines
from kam_rules.pipeline.tabulate import decisions

LEVEL, STEP = "level", "step"


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of the way from the base to the top-down figure: a level that is reached, or a step that adds or takes."""

    label: str
    amount: int
    kind: str


def way(run: Run) -> tuple[Leg, ...]:
    """Return the way from the base to what is asked for; where nothing is reconciled it ends at what the accounts bring."""
    rows = lines(run).filter("decided")
    sums = rows.group_by("state").agg(pl.col("base", "target_amount").cast(pl.Int128).sum())
    parts = [(str(state), int(base), int(target)) for state, base, target in sums.iter_rows()]
    parts.sort(key=lambda part: (-Fraction(part[2], part[1]), part[0]))
    base, committed = sum(part[1] for part in parts), sum(part[2] for part in parts)
    legs = [Leg("base", base, LEVEL), *(Leg(state, target - start, STEP) for state, start, target in parts)]
    legs.append(Leg("committed", committed, LEVEL))
    if run.reconciled is not None:
        legs += _asked(run.reconciled.total)
    assert sum(leg.amount for leg in legs if leg.kind == STEP) == legs[-1].amount - base, legs
    return tuple(legs)


def _asked(total: TeamOutcome) -> list[Leg]:
    carried = {
        "reps carry": total.supplement,
        "managers carry": total.hold_back,
        "nobody carries": total.open,
        "cushion": -total.cushion,
    }
    return [*(Leg(name, amount, STEP) for name, amount in carried.items() if amount), Leg("top-down", total.top_down, LEVEL)]


@dataclass(frozen=True, slots=True)
class Mover:
    """An account and by how much its target moves the total; `because` is that of the rule which gave it its state."""

    row: Mapping[str, Any]
    moves: int
    because: str


def movers(run: Run, most: int) -> tuple[Mover, ...]:
    """Return the accounts whose targets lie furthest from their bases, whole accounts, ties by id."""
    sums = lines(run).filter("decided").group_by("account_id").agg(pl.col("base", "target_amount").sum())
    moved = sums.with_columns(moves=pl.col("target_amount") - pl.col("base"))
    first = moved.with_columns(far=pl.col("moves").abs()).sort(["far", "account_id"], descending=[True, False]).head(most)
    told = decisions(run, run.table.lazy().filter(pl.col("account_id").is_in(first["account_id"].to_list())).collect())
    named = {row["account_id"]: row for row in told.iter_rows(named=True)}
    because = {rule.id: rule.because for rule in run.ready.program.list(STATES).rules}
    return tuple(
        Mover({**named[row["account_id"]], **row}, row["moves"], because.get(named[row["account_id"]]["state_rule"], ""))
        for row in first.iter_rows(named=True)
    )
