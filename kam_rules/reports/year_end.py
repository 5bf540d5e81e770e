"""The year judged: attainment of the committed and of the total quota, three ways to rank it, and retention."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import polars as pl

from kam_rules.model.amounts import percent
from kam_rules.model.quota import TOTAL
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.year import ACCOUNT_BASED, COMMITTED, RAW_NRR, UNIFORM, YearEnd
from kam_rules.model.year import TOTAL as TOTAL_QUOTA
from kam_rules.pipeline.attain import Retention, Year
from kam_rules.pipeline.judge import Judged
from kam_rules.pipeline.own import banded, owned
from kam_rules.reports._money import amount
from kam_rules.reports.quota import peers

MOST = 10
RANKED = {RAW_NRR: "By raw NRR", UNIFORM: "By uniform", ACCOUNT_BASED: "Account by account"}
SAID = {ACCOUNT_BASED: "attainment account by account", UNIFORM: "attainment of the uniform quota", RAW_NRR: "raw NRR"}


def year_end(run: Run, found: Judged, *, accounts: bool = False, rep: str | None = None) -> Report:
    """Return the year of a run; `accounts` lists every account, else those that moved most are listed.

    To a rep the own year, the own ranks and the own accounts are told, all others' attainment in bands, and no sum.

    Raises:
        UsageError: KR591 the run has no such rep.
    """
    if rep is not None:
        return _to_a_rep(run, found, rep, every=accounts)
    minor = run.ready.program.minor
    reached = sum(1 for year in found.years if (year.measure(ACCOUNT_BASED) or 0) >= 1)
    title = f"{run.name} at year end: {reached:,} of {len(found.years):,} people reached their committed quota"
    blocks: list[Block] = [
        Facts("counted", "What is counted", tuple(_counted(run, found, minor))),
        *_people(found, minor),
        _club(run, found),
        *_teams(found, minor),
        _retention(found, minor),
        _accounts(found, minor, every=accounts),
    ]
    return Report("year_end", title, tuple(blocks), minor=minor, status=run.standing.status)


def _to_a_rep(run: Run, found: Judged, rep: str, *, every: bool) -> Report:
    mine, minor = owned(run, rep), run.ready.program.minor
    others = [year.measure(ACCOUNT_BASED, COMMITTED) for year in found.years if year.id != rep]
    own = replace(
        found,
        years=tuple(year for year in found.years if year.id == rep),
        ranks={by: {rep: told.get(rep)} for by, told in found.ranks.items()},
        accounts=found.accounts.filter(pl.col("account_id").is_in(mine)),
    )
    blocks = (
        Facts("counted", "What is counted", (("basis", found.basis), *_rules(run))),
        *_people(own, minor),
        Lines("club", "Club", tuple(_own_club(run, found, rep))),
        peers("peers", "The other people, by attainment of the committed quota", banded(others)),
        _accounts(own, minor, every=every),
    )
    return Report("year_end", f"{run.name} at year end: the year of {rep}", blocks, minor=minor, status=run.standing.status)


def _own_club(run: Run, found: Judged, rep: str) -> Iterable[str]:
    first, *_ = _club(run, found).lines
    yield first
    if found.club is not None:
        yield f"  {rep} is {'in it' if rep in found.club else 'not in it'}"


def _rules(run: Run) -> Iterable[tuple[str, str]]:
    counts = run.policy.year.year_end or YearEnd()
    yield "contract escalators", "counted" if counts.escalators else "excluded"
    yield "business that came back", "counted" if counts.reactivation else "excluded"


def _counted(run: Run, found: Judged, minor: int) -> Iterable[tuple[str, str]]:
    whole = found.retention[TOTAL][TOTAL]
    yield "cohort", f"{whole.accounts:,} accounts that had a base, closed on the first day; basis {found.basis}"
    if found.outcome.lost:
        yield "lost", f"{found.outcome.lost:,} of them have no row, and are read as lost"
    if found.outcome.restated[0]:
        went, base = found.outcome.restated
        yield "merged, split or acquired", f"{went:,} of them went into others with {amount(base, minor)} of base, and what it became"
    yield from _rules(run)
    yield "new business, left out", f"{found.outcome.new:,} rows, {amount(found.outcome.new_amount, minor)}"


def _people(found: Judged, minor: int) -> tuple[Table, Table]:
    """Tell attainment in one table, and how the measures rank the same people in another."""
    ranked = [by for by in RANKED if by in found.ranks]
    columns = (
        Column("of", "Person"),
        *(Column(f"rank_{by}", RANKED[by], Unit.COUNT) for by in ranked),
        Column("shift", "Shift", Unit.COUNT),
        Column("club", "Club"),
    )
    people = sorted(found.years, key=lambda one: (found.ranks[ACCOUNT_BASED][one.id] or len(found.years) + 1, one.id))
    rows: list[tuple[Cell, ...]] = []
    for year in people:
        raw, based = found.ranks[RAW_NRR][year.id], found.ranks[ACCOUNT_BASED][year.id]
        shift = None if raw is None or based is None else raw - based
        club = "none" if found.club is None else "in" if year.id in found.club else "-"
        rows.append((year.id, *(found.ranks[by][year.id] for by in ranked), shift, club))
    note = "Shift tells how many ranks the account-based measure moves a person up, or down, from raw NRR."
    attained = tuple(_cells(year, minor) for year in people)
    return (
        Table("people", "People, by attainment account by account", _columns("Person"), attained, "", "nobody has an account with a base"),
        Table("ranks", "The same people under each measure", columns, tuple(rows), note, "nobody has an account with a base"),
    )


def _columns(label: str) -> tuple[Column, ...]:
    return (
        Column("of", label),
        Column("base", "Base", Unit.MONEY),
        Column("actual", "Actual", Unit.MONEY),
        Column("raw_nrr", "Raw NRR", Unit.RATIO),
        Column("uniform", "Of uniform", Unit.RATIO),
        Column("committed_quota", "Committed", Unit.MONEY),
        Column("committed", "Of committed", Unit.RATIO),
        Column("total_quota", "Total quota", Unit.MONEY),
        Column("total", "Of total", Unit.RATIO),
    )


def _cells(year: Year, minor: int) -> tuple[Cell, ...]:
    money = 10**minor
    return (
        year.id,
        Fraction(year.base, money),
        Fraction(year.ended, money),
        year.measure(RAW_NRR),
        year.measure(UNIFORM),
        Fraction(year.committed, money),
        year.measure(ACCOUNT_BASED, COMMITTED),
        None if year.total is None else Fraction(year.total, money),
        year.measure(ACCOUNT_BASED, TOTAL_QUOTA),
    )


def _club(run: Run, found: Judged) -> Lines:
    rule = run.policy.year.year_end.club if run.policy.year.year_end else None
    if rule is None or found.club is None:
        return Lines("club", "Club", ("The policy names none: write year_end: {club: {by: account_based, at_least: 100%}}",))
    against = f" of the {rule.against} quota" if rule.by == ACCOUNT_BASED else ""
    top = "" if rule.top is None else f", of those at most {percent(rule.top)} of all people"
    said = f"By {SAID[rule.by]}{against}, at {percent(rule.at_least)} or more{top}"
    return Lines("club", "Club", (said, *(f"  {id_}" for id_ in found.club or ("nobody",))))


def _teams(found: Judged, minor: int) -> tuple[Table, ...]:
    rows = tuple(_cells(year, minor) for year in found.teams)
    return (Table("teams", "Teams", _columns("Team"), rows),) if len(rows) > 1 else ()


def _retention(found: Judged, minor: int) -> Table:
    columns = (
        Column("by", "By"),
        Column("of", "Of"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("start", "Start", Unit.MONEY),
        Column("end", "End", Unit.MONEY),
        Column("nrr", "NRR", Unit.RATIO),
        Column("grr", "GRR", Unit.RATIO),
    )
    rows = [(by, *_kept(of, one, minor)) for by, parts in found.retention.items() for of, one in parts.items()]
    note = "Each is the sum of ends over the sum of starts, never a mean of ratios; GRR is capped at 100% account by account."
    return Table("retention", "Retention of the closed cohort", columns, tuple(rows), note)


def _kept(of: str, one: Retention, minor: int) -> tuple[Cell, ...]:
    return of, one.accounts, Fraction(one.start, 10**minor), Fraction(one.end, 10**minor), one.nrr, one.grr


def _accounts(found: Judged, minor: int, *, every: bool) -> Table:
    columns = (
        Column("account_id", "Account"),
        Column("tier", "Tier"),
        Column("state", "State"),
        Column("start", "Start", Unit.MONEY),
        Column("end", "End", Unit.MONEY),
        Column("nrr", "NRR", Unit.RATIO),
        Column("grr", "GRR", Unit.RATIO),
        Column("target", "Target NRR", Unit.RATIO),
    )
    table, money = found.accounts, 10**minor
    moved = table.with_columns(moved=(table["end"] - table["start"]).abs()).sort(["moved", "account_id"], descending=[True, False])
    shown = table.sort("account_id") if every else moved.head(MOST)
    rows: list[tuple[Cell, ...]] = []
    for row in shown.iter_rows(named=True):
        start = row["start"]
        target = None if row["target_amount"] is None or not row["base"] else Fraction(row["target_amount"], row["base"])
        amounts = (Fraction(start, money), Fraction(row["end"], money), Fraction(row["end"], start), Fraction(row["kept"], start))
        rows.append((row["account_id"], row["tier"], row["state"], *amounts, target))
    title = "Every account" if every else f"The {len(rows)} accounts that moved most"
    return Table("accounts", title, columns, tuple(rows), "" if every else "--accounts lists them all.")
