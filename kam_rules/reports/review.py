"""The agenda of a review as a report: one table a kind, and what was left for another time."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.report import Block, Column, Lines, Report, Table, Unit
from kam_rules.model.review import HELD, OVER, OVERDUE, PROPOSED, STALE, Agenda
from kam_rules.model.run import Run

TITLES = {
    PROPOSED: "Proposed: tiers that change, and what triggers ask for",
    HELD: "Held: would move, and stays for now",
    OVERDUE: "Overdue for its yearly reassessment",
    OVER: "Over-invested: a larger share of what we give than of what it brings",
    STALE: "Stale in calibration",
}


def review(run: Run, agenda: Agenda) -> Report:
    """Return the agenda; each table is by money at stake."""
    counts = dict(agenda.counts)
    blocks: list[Block] = [_table(kind, agenda, counts[kind], run.ready.program.minor) for kind in TITLES if counts[kind]]
    if agenda.left_out:
        blocks.append(Lines("not_looked_at", "Not on the agenda", agenda.left_out))
    shown = len(agenda.items)
    more = f"{shown} of {agenda.total}" if shown < agenda.total else f"{shown}"
    title = f"{run.name}: review of {run.ready.effective_on}, {more} item{'' if agenda.total == 1 else 's'} by money at stake"
    return Report("review", title, tuple(blocks), minor=run.ready.program.minor, status=run.standing.status)


def _table(kind: str, agenda: Agenda, count: int, minor: int) -> Table:
    items = [item for item in agenda.items if item.kind == kind]
    columns = [
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("owner", "Owner"),
        Column("tier", "Tier"),
        Column("base", "At stake", Unit.MONEY),
        Column("what", "What"),
        Column("why", "Why"),
    ]
    rows = [(i.account_id, i.name, i.owner, i.tier, Fraction(i.base, 10**minor), i.what, i.why) for i in items]
    if kind == PROPOSED and any(item.gains or item.loses for item in items):
        columns += [Column("gains", "Gains"), Column("loses", "Loses")]
        rows = [(*row, ", ".join(i.gains) or "-", ", ".join(i.loses) or "-") for row, i in zip(rows, items, strict=True)]  # type: ignore[misc]
    left = count - len(items)
    note = f"{left} more with less at stake; --top shows more." if left else ""
    return Table(kind, TITLES[kind], tuple(columns), tuple(rows), note, "all of them with less at stake than those above")
