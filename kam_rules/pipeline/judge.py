"""Judge a year: the actuals of a closed cohort against what the run asked, by account, rep, tier and team."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from kam_rules.model.quota import TOTAL
from kam_rules.model.run import Run
from kam_rules.model.year import ACCOUNT_BASED, RAW_NRR, UNIFORM, YearEnd
from kam_rules.pipeline.actuals import Outcome, outcome
from kam_rules.pipeline.attain import Retention, Year, club, ranks
from kam_rules.pipeline.books import lines
from kam_rules.pipeline.credit import part_of
from kam_rules.pipeline.holders import FULL
from kam_rules.pipeline.quotas import REP
from kam_rules.pipeline.yearfile import holds, load

UNDECIDED = "undecided"
METHODS = (RAW_NRR, UNIFORM, ACCOUNT_BASED)


@dataclass(frozen=True, slots=True)
class Judged:
    """A year judged.

    Attributes:
        outcome: what became of each account, and what stood outside.
        retention: net and gross by what: total, team, tier, holder, each by its value.
        years: one a holder with a book, and one a team under its name in `teams`.
        ranks: each holder's rank under each method; None where the method has no figure for it.
        club: who is in, the best first; None where the policy names no club.
        basis, day: what the actuals count, and the run's year.
    """

    outcome: Outcome
    retention: dict[str, dict[str, Retention]]
    years: tuple[Year, ...]
    teams: tuple[Year, ...]
    ranks: dict[str, dict[str, int | None]]
    club: tuple[str, ...] | None
    basis: str
    accounts: pl.DataFrame


def judge(run: Run, path: Path) -> Judged:
    """Return the year of a run, judged by the actuals of a file.

    Raises:
        DataError: the file or its rows are at fault; see `outcome`.
    """
    counts = run.policy.year.year_end or YearEnd()
    table = load(path, "actuals")
    found = outcome(run, table, counts, load(path, "lineage") if holds(path, "lineage") else None)
    rows = credited(run, found)
    once = found.accounts.join(lines(run).unique("account_id", keep="first", maintain_order=True), on="account_id", how="left")
    years, teams = _years(run, rows, "holder"), _years(run, rows, "team")
    uniform = UNIFORM in run.ready.program.baselines
    placed = {by: ranks({year.id: year.measure(by) for year in years}) for by in METHODS if uniform or by != UNIFORM}
    members = None if counts.club is None else club(years, counts.club)
    retained = {
        TOTAL: {TOTAL: _retention(found.accounts)},
        "team": _by(rows, "team"),
        "tier": _by(once.with_columns(pl.col("tier").fill_null(UNDECIDED)), "tier"),
        "holder": _by(rows, "holder"),
    }
    return Judged(found, retained, years, teams, placed, members, table.doc.text("basis"), once)


def credited(run: Run, found: Outcome) -> pl.DataFrame:
    """Return the cohort by holder: each has its share of start, end and what was kept, the parts adding up to the account."""
    rows = lines(run).join(found.accounts, on="account_id", how="inner", maintain_order="left").with_columns(overlay=pl.lit(value=False))
    shared = pl.col("share") != FULL
    split = rows.filter(shared).with_columns(part_of(name) for name in ("end", "kept"))
    return pl.concat([rows.filter(~shared), split]).with_columns(start=pl.col("base"))


def _retention(rows: pl.DataFrame) -> Retention:
    start, end, kept = (int(rows[name].cast(pl.Int128).sum() or 0) for name in ("start", "end", "kept"))
    return Retention(start, end, kept, rows["account_id"].n_unique())


def _by(rows: pl.DataFrame, by: str) -> dict[str, Retention]:
    sums = rows.group_by(by).agg(
        *(pl.col(name).cast(pl.Int128).sum() for name in ("start", "end", "kept")), pl.col("account_id").n_unique().alias("n")
    )
    return {str(key): Retention(int(start), int(end), int(kept), n) for key, start, end, kept, n in sums.sort(by).iter_rows()}


def _years(run: Run, rows: pl.DataFrame, by: str) -> tuple[Year, ...]:
    """Return the year of every holder or team with accounts in the cohort."""
    decided = pl.col("decided")
    uniform = pl.col("uniform_amount") if UNIFORM in run.ready.program.baselines else pl.lit(None, pl.Int64)
    sums = rows.group_by(by).agg(
        pl.col("start").cast(pl.Int128).sum(),
        pl.col("end").cast(pl.Int128).sum().alias("ended"),
        pl.col("end").filter(decided).cast(pl.Int128).sum().alias("end"),
        pl.col("target_amount").filter(decided).cast(pl.Int128).sum().alias("committed"),
        uniform.filter(decided).cast(pl.Int128).sum().alias("uniform"),
    )
    totals = _totals(run, by)
    found = []
    for key, *amounts in sums.sort(by).iter_rows():
        start, ended, end, committed, asked = (int(amount or 0) for amount in amounts)
        year = Year(str(key), start, ended, end, committed, asked if UNIFORM in run.ready.program.baselines else None)
        found.append(replace(year, total=totals.get(year.id)))
    return tuple(found)


def _totals(run: Run, by: str) -> dict[str, int | None]:
    """Return the total quota of each rep, or of each team with what its manager holds back; none where none is assigned."""
    if run.reconciled is None:
        return {}
    if by == "holder":
        return {line.holder.id: line.total for line in run.reconciled.quotas if line.role == REP}
    return {team.team: team.bottom_up + team.supplement + team.hold_back if team.assigned else None for team in run.reconciled.teams}
