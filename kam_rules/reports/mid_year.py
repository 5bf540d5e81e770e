"""What changes hands within the year: who holds what from when on, and what that does to each quota."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from kam_rules.model.report import Block, Cell, Column, Facts, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.hands import Hands, lifted
from kam_rules.pipeline.own import owned
from kam_rules.pipeline.quotas import MANAGER
from kam_rules.reports._money import amount

PEOPLE = (
    Column("holder", "Person"),
    Column("before", "Before", Unit.MONEY),
    Column("proration", "Proration", Unit.MONEY),
    Column("after", "After", Unit.MONEY),
)
MOST = 50
"""Stretches that are listed without being asked for all."""


def mid_year(run: Run, found: Hands, *, every: bool = False, rep: str | None = None) -> Report:
    """Return what the changes come to; `every` lists each account, else the first of them are listed.

    To a rep the own quota and the own stretches are told alone: who had an account before, or has it after, is not.

    Raises:
        UsageError: KR591 the run has no such rep.
    """
    if rep is not None:
        return _to_a_rep(run, found, rep, every=every)
    minor = run.ready.program.minor
    before = sum(found.before.values())
    facts = (
        *_how(found),
        ("sum of all quotas", f"{amount(before, minor)} before, {amount(before + sum(found.change.values()), minor)} after"),
    )
    blocks: tuple[Block, ...] = (
        Facts("how", "How", facts),
        _people(found, minor),
        *_managers(run, found, minor),
        _held(found, minor, every=every),
    )
    title = f"{run.name}: {len(found.passed):,} accounts change hands in {found.year.label}"
    return Report("mid_year", title, blocks, minor=minor, status=run.standing.status)


def _to_a_rep(run: Run, found: Hands, rep: str, *, every: bool) -> Report:
    owned(run, rep)
    minor, money = run.ready.program.minor, 10**run.ready.program.minor
    before, change = found.before.get(rep, 0), found.change.get(rep, 0)
    own = Table("people", "Your total quota", PEOPLE, ((rep, *(Fraction(part, money) for part in (before, change, before + change))),))
    kept = (replace(one, held=tuple(held for held in one.held if held.holder == rep)) for one in found.passed)
    mine = replace(found, passed=tuple(one for one in kept if one.held))
    title = f"{run.name}: what changes hands for {rep} in {found.year.label}"
    blocks = (Facts("how", "How", tuple(_how(found))), own, _held(mine, minor, every=every))
    return Report("mid_year", title, blocks, minor=minor, status=run.standing.status)


def _how(found: Hands) -> Iterator[tuple[str, str]]:
    year = found.year
    yield "decided", f"as of {found.as_of}; nothing before that day is altered"
    yield "year", f"{year.label}, {year.start} to {year.end}, {year.days} days"
    yield "prorated", f"by {found.by}; the day of a change is the new holder's first"


def _people(found: Hands, minor: int) -> Table:
    money = 10**minor
    rows: list[tuple[Cell, ...]] = []
    for id_ in sorted({*found.before, *found.change}):
        before, change = found.before.get(id_, 0), found.change.get(id_, 0)
        rows.append((id_, Fraction(before, money), Fraction(change, money), Fraction(before + change, money)))
    whole = sum(found.before.values())
    rows.append(("total", Fraction(whole, money), Fraction(sum(found.change.values()), money), Fraction(whole, money)))
    note = "Proration stands in a column of its own; the quota that was assigned is not rewritten."
    return Table("people", "People, by total quota", PEOPLE, tuple(rows), note)


def _managers(run: Run, found: Hands, minor: int) -> tuple[Table, ...]:
    money = 10**minor
    told = [line for line in lifted(run, found) if line.role == MANAGER and line.proration]
    columns = (
        Column("holder", "Manager"),
        Column("committed", "Committed", Unit.MONEY),
        Column("supplement", "Supplement", Unit.MONEY),
        Column("hold_back", "Hold-back", Unit.MONEY),
        Column("proration", "Proration", Unit.MONEY),
        Column("total", "Total quota", Unit.MONEY),
    )
    rows: list[tuple[Cell, ...]] = []
    for line in told:
        parts = (line.committed, line.supplement, line.hold_back, line.proration)
        total = None if line.total is None else Fraction(line.total, money)
        rows.append((line.holder.id, *(Fraction(part, money) for part in parts), total))
    return (Table("managers", "Managers whose people gain or lose", columns, tuple(rows)),) if rows else ()


def _held(found: Hands, minor: int, *, every: bool) -> Table:
    columns = (
        Column("account_id", "Account"),
        Column("quota", "Annual quota", Unit.MONEY),
        Column("holder", "Held by"),
        Column("from", "From"),
        Column("to", "To"),
        Column("share", "Share"),
        Column("amount", "Quota", Unit.MONEY),
    )
    money = 10**minor
    rows: list[tuple[Cell, ...]] = [
        (
            one.account_id,
            Fraction(one.quota, money),
            held.holder,
            held.start.isoformat(),
            held.end.isoformat(),
            f"{held.share}/{held.of} {found.by}",
            Fraction(held.amount, money),
        )
        for one in found.passed
        for held in one.held
    ]
    shown = rows if every else rows[:MOST]
    note = f"{len(rows) - len(shown):,} more; --accounts lists them all." if len(shown) < len(rows) else ""
    return Table("held", "Who holds what, and when", columns, tuple(shown), note, "nothing changes hands")
