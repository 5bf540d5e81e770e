"""What would turn a decision: of each field the smallest change, or that there is none."""

from __future__ import annotations

from collections.abc import Sequence

from kam_rules.feel.printer import value as said
from kam_rules.model.report import Cell, Column, Report, Table
from kam_rules.model.run import Run
from kam_rules.pipeline.search import STEPS, Turn


def turns(run: Run, account_id: str, found: Sequence[Turn], outcome: str | None) -> Report:
    """Return what `kam-rules explain --flip` tells."""
    minor = run.ready.program.minor
    columns = (
        Column("field", "Field"),
        Column("now", "Now"),
        Column("to", "Smallest change: to"),
        Column("tier", "Tier then"),
        Column("state", "State then"),
    )
    rows: list[tuple[Cell, ...]] = []
    for turn in sorted(found, key=lambda turn: turn.none):
        now = "missing" if turn.now is None else said(turn.now, turn.field.type, minor=minor)
        if turn.none or turn.unsettled:
            missing = "not settled" if turn.unsettled else "none exists: not read" if turn.idle else "none exists"
            rows.append((turn.field.name, now, missing, None, None))
            continue
        tier, state = (word or "undecided" for word in turn.decision)
        rows.append((turn.field.name, now, said(turn.to, turn.field.type, minor=minor), tier, state))
    note = (
        "Each change by itself, all other values and accounts as they are, decided again by both engines. Of a missing number "
        "the nearest to nought is told, of a missing day the nearest to the day of the data. "
        "'none exists' is proved for every value that the contract allows. 'not read': nothing that the "
        f"account's tier or state rests on reads the field. 'not settled': after {STEPS:,} stretches of values neither was "
        "a change found nor proved that there is none."
    )
    aim = f"that gives {outcome}" if outcome else "that gives another tier or state"
    table = Table("turns", f"The smallest change of each field {aim}", columns, tuple(rows), note, "no field is read")
    return Report("turns", f"{run.name}: what would turn the decision of {account_id}", (table,), minor=minor, status=run.standing.status)
