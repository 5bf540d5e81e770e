"""What became of every row of a source, in number and in money."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.findings import page
from kam_rules.formats._cells import for_people
from kam_rules.model.amounts import percent
from kam_rules.model.book import Why
from kam_rules.model.report import Cell, Column, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.aside import REASONS
from kam_rules.pipeline.tally import ASIDE, FATES, Tally, reasons, tally

NAMES = {"set_aside": "set aside"}


def rows_table(run: Run) -> Table:
    """Return what came in and what became of it, with the reason for every row that is not decided; the parts are the whole."""
    minor, found = run.ready.program.minor, tally(run)
    columns = (
        Column("what", "Rows"),
        Column("rows", "Number", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("without", "without a base", Unit.COUNT),
    )
    why = reasons(run.book)
    rows = list[tuple[Cell, ...]]()
    for fate in FATES:
        rows.append(_row(NAMES.get(fate, fate), found[fate], minor))
        rows += [_row(f"  {_said(fate, reason)}", part, minor) for (of, reason), part in why.items() if of == fate]
    rows.append(_row("in", found["in"], minor))
    return Table("counts", "Accounts", columns, tuple(rows))


def _said(fate: str, reason: str) -> str:
    return REASONS[Why(reason)] if fate == ASIDE else f"{reason} {page(reason).TITLE.lower()}"


def _row(what: str, part: Tally, minor: int) -> tuple[Cell, ...]:
    return what, part.rows, Fraction(part.base, 10**minor), part.without or None


def controlled(run: Run) -> str:
    """Say whether the accounts were held against the ledger of record, and against what."""
    told = run.book.source.controls
    if told is None:
        return "none: the accounts were held against no ledger (control_totals in the data file)"
    number = None if told.accounts is None else f"{told.accounts:,} accounts"
    base = None if told.base is None else f"base {for_people(told.base, Unit.MONEY, run.ready.program.minor)}"
    within = f" within {percent(told.tolerance)}" if told.tolerance else ""
    return f"{' and '.join(part for part in (number, base) if part)} agree with {told.source}{within}"
