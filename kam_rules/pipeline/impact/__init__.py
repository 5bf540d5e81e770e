"""What a new policy would change: who moves and why, what it comes to in money, and what of that policy and data each bring.

Two things may differ from one year to the next, the policy and the accounts. Each of four runs has one of both: a figure's
part of the policy is the mean of what the policy changes on the old accounts and on the new ones, and the rest is the data's.
The parts are exact; rounding to whole smallest units runs along the lines of a table, so that its parts add up to its total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kam_rules.model.program import NOT_QUALIFIED
from kam_rules.model.run import Run
from kam_rules.pipeline.assemble import STATES
from kam_rules.pipeline.impact.accounts import UNDECIDED, Corners, Matrix, matrix, moves
from kam_rules.pipeline.impact.money import Effect, effects
from kam_rules.pipeline.impact.reasons import Mover, explained

TOP = 20
"""Of how many movers the rules are told, where nothing is said."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What changes from one policy and its accounts to the next.

    Attributes:
        corners: the four runs.
        tiers: how accounts went from tier to tier; states: from state to state.
        effects: money by what it is broken down by: all, tier, state, rep, and where the data name reps, manager and team.
        movers: one row an account whose tier or state changes, the largest change of target first: see `moves`.
        top: the first of them, with the rules that moved each.
        common: how many accounts stand in the old and in the new data.
    """

    corners: Corners
    tiers: Matrix
    states: Matrix
    effects: Mapping[str, tuple[Effect, ...]]
    movers: pl.DataFrame
    top: tuple[Mover, ...]
    common: int


def impact(corners: Corners, top: int = TOP) -> Impact:
    """Return what changes from the first corner to the last.

    Args:
        corners: the four runs, by policies with one currency.
        top: of how many movers to tell the rules.
    """
    order = _order(*(_tiers(run) for run in (corners.old_old, corners.new_new)))
    rows = moves(corners, order)
    tiers = matrix(rows, "tier", order, (corners.old_old, corners.new_new))
    words = _order(*(_states(run) for run in (corners.old_old, corners.new_new)))
    states = matrix(rows, "state", words, (corners.old_old, corners.new_new))
    movers = rows.filter(pl.col("moved")).sort(pl.col("change").abs(), "base", "account_id", descending=[True, True, False])
    first = explained(corners.old_old, corners.new_new, movers.head(top))
    common = int(rows.select((pl.col("in_old") & pl.col("in_new")).sum()).item())
    return Impact(corners, tiers, states, effects(corners, movers, (*order, UNDECIDED), (*words, UNDECIDED)), movers, first, common)


def _tiers(run: Run) -> list[str]:
    return [*(seats.tier for seats in run.ready.program.seating.tiers), NOT_QUALIFIED]


def _states(run: Run) -> list[str]:
    rules = run.ready.program.list(STATES).rules
    written = dict.fromkeys(str(rule.gives[0].value) for rule in sorted(rules, key=lambda rule: rule.built_in))  # type: ignore[union-attr]
    return list(written)


def _order(old: list[str], new: list[str]) -> tuple[str, ...]:
    """Return the words of both, in the newer order, each that is gone in front of what stood behind it."""
    found = list(new)
    for i in reversed(range(len(old))):
        if old[i] not in found:
            behind = next((word for word in old[i + 1 :] if word in found), None)
            found.insert(len(found) if behind is None else found.index(behind), old[i])
    return tuple(found)
