"""Who is called on: the accounts and the revenue that each supporting function is asked to support."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.report import Cell, Column, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.called import Demand, called


def resources(run: Run) -> Report:
    """Return every function by the revenue that calls on it, and its calls by state."""
    found, minor = called(run), run.ready.program.minor
    title = f"{run.name}: {len(found)} functions are called on by the states of accounts"
    return Report("resources", title, (_functions(found, minor), _calls(found, minor)), minor=minor, status=run.standing.status)


def _functions(found: tuple[Demand, ...], minor: int) -> Table:
    columns = (
        Column("function", "Function"),
        Column("contributes", "Contributes"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("people", "People", Unit.COUNT),
        Column("needed", "Needed", Unit.COUNT),
        Column("short", "Short by", Unit.COUNT),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        short = None if one.people is None or one.needed is None else max(0, one.needed - one.people)
        contributes = one.declared.contributes if one.declared else "not declared"
        rows.append((one.function, contributes, one.accounts, Fraction(one.base, 10**minor), one.people, one.needed, short))
    unknown = sum(1 for one in found if one.needed is None)
    note = ""
    if unknown:
        note = f"For {unknown} of them nobody can say how many are needed: write people and accounts_per_person under stewardship."
    return Table("functions", "Functions, by the revenue that calls on them", columns, tuple(rows), note, "no state calls on anybody")


def _calls(found: tuple[Demand, ...], minor: int) -> Table:
    columns = (
        Column("function", "Function"),
        Column("state", "State"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
    )
    rows = [(call.function, call.state, call.accounts, Fraction(call.base, 10**minor)) for one in found for call in one.calls]
    return Table("calls", "Their calls by state", columns, tuple(rows), empty="no state calls on anybody")
