"""Does the cushion hold: each team's surplus against the loss of one safe account, and against a downturn."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.quota import TeamOutcome
from kam_rules.model.report import Cell, Column, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.year import Stress
from kam_rules.pipeline.books import lines
from kam_rules.pipeline.cushion import Stressed, stress
from kam_rules.reports._money import amount

MOST = 10
"""Accounts of a team that are listed, the largest first."""


def cushion(run: Run) -> Report:
    """Return how far each team's cushion reaches; one team's makes up for no other's shortfall.

    Raises:
        UsageError: KR807 the run is not reconciled.
    """
    policy, found = run.ready.program.reconciliation, run.reconciled
    if policy is None or found is None:
        fix = "write reconciliation: in the policy and reps: in the data file, and run again"
        raise UsageError(Finding("KR807", "this run is not reconciled, so there is no cushion to hold", None, fix))
    asked = policy.stress
    minor = run.ready.program.minor
    safe = lines(run).filter(pl.col("decided") & pl.col("state").is_in(list(asked.lose_one_of)))
    teams = [(team, _stressed(team, safe, asked)) for team in found.teams]
    title = f"{run.name}: a cushion of {amount(sum(one.cushion for _, one in teams), minor)} in all"
    blocks = (_teams(teams, minor), _downturns(teams, minor), _losses(teams, asked, minor))
    return Report("cushion", title, blocks, minor=minor, status=run.standing.status)


def _stressed(team: TeamOutcome, safe: pl.DataFrame, asked: Stress) -> Stressed:
    mine = safe.filter(pl.col("team") == team.team).group_by("account_id").agg(pl.col("target_amount").sum())
    return stress(team.bottom_up, team.cushion, ((id_, target) for id_, target in mine.iter_rows()), asked)


Teams = list[tuple[TeamOutcome, Stressed]]


def _teams(teams: Teams, minor: int) -> Table:
    columns = (
        Column("team", "Team"),
        Column("bottom_up", "Bottom-up", Unit.MONEY),
        Column("top_down", "Top-down", Unit.MONEY),
        Column("cushion", "Cushion", Unit.MONEY),
        Column("breaks_at", "Gone at", Unit.RATIO),
        Column("safe", "Safe accounts", Unit.COUNT),
        Column("covered", "Covered", Unit.COUNT),
    )
    money = 10**minor
    rows: list[tuple[Cell, ...]] = [
        (
            team.team,
            Fraction(team.bottom_up, money),
            Fraction(team.top_down, money),
            Fraction(one.cushion, money),
            one.breaks_at,
            len(one.losses),
            one.covered,
        )
        for team, one in teams
    ]
    note = "Gone at: the downturn that uses the cushion up. A loss as large as the cushion is covered; without one nothing is."
    return Table("teams", "Teams", columns, tuple(rows), note)


def _downturns(teams: Teams, minor: int) -> Table:
    columns = (
        Column("team", "Team"),
        Column("downturn", "Downturn", Unit.RATIO),
        Column("loss", "Loss", Unit.MONEY),
        Column("covered", "Covered"),
        Column("left", "Cushion left", Unit.MONEY),
    )
    rows: list[tuple[Cell, ...]] = [
        (team.team, down.share, down.loss / 10**minor, down.covered, (one.cushion - down.loss) / 10**minor)
        for team, one in teams
        for down in one.downturns
    ]
    return Table("downturns", "A downturn of all accounts", columns, tuple(rows), empty="the policy asks for none")


def _losses(teams: Teams, asked: Stress, minor: int) -> Table:
    columns = (
        Column("team", "Team"),
        Column("account_id", "Account"),
        Column("target", "Target", Unit.MONEY),
        Column("covered", "Covered"),
        Column("left", "Cushion left", Unit.MONEY),
    )
    rows: list[tuple[Cell, ...]] = [
        (team.team, loss.account_id, Fraction(loss.target, 10**minor), loss.covered, Fraction(one.cushion - loss.target, 10**minor))
        for team, one in teams
        for loss in one.losses[:MOST]
    ]
    more = sum(max(0, len(one.losses) - MOST) for _, one in teams)
    note = f"{more:,} smaller ones are not listed." if more else ""
    states = " or ".join(asked.lose_one_of) or "no state"
    title = f"The unexpected loss of one account in {states}, each by itself"
    return Table("losses", title, columns, tuple(rows), note, "the policy counts none as safe")
