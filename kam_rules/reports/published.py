"""What is published: each period's quotas as they stand, and what each amendment changed for whom."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kam_rules.formats._cells import for_people
from kam_rules.model.ledger import Head
from kam_rules.model.publication import Change, Publication
from kam_rules.model.report import Column, Facts, Report, Table, Unit
from kam_rules.pipeline.quotas import REP


def publication(found: Publication) -> Report:
    """Return one publication: who is asked for what, and what that was before."""
    title = f"{found.policy} {found.period}: {'the quotas' if found.number == 1 else f'amendment {found.number - 1} of the quotas'}"
    return Report("publication", title, (Facts("head", "Published", tuple(_head(found))), _lines(found)), minor=found.minor)


def _head(found: Publication) -> Iterable[tuple[str, str]]:
    yield "run", found.run
    if found.amends is not None:
        yield "amends", f"the run {found.amends}, which stays as it was published"
        yield "reason", found.reason
    yield "by", f"{found.by} on {found.entry.at}{'' if found.counts else '; this signature does not count by the roster at hand'}"
    yield "ledger", f"entry {found.entry.seq}, {found.entry.sha256}"
    changed = [change for change in found.changes if change.role == REP and change.delta]
    moved = Fraction(sum(change.delta for change in changed), 10**found.minor)
    if found.amends is not None:
        yield "changes", f"{len(changed)} reps, {for_people(moved, Unit.MONEY, found.minor)} {found.currency} together"


def _lines(found: Publication) -> Table:
    columns = (
        Column("team", "Team"),
        Column("role", "Role"),
        Column("holder", "Holder"),
        Column("name", "Name"),
        *((Column("before", "Before", Unit.MONEY),) if found.amends is not None else ()),
        Column("quota", "Quota", Unit.MONEY),
        *((Column("delta", "Change", Unit.MONEY),) if found.amends is not None else ()),
    )
    rows = tuple(_row(change, found) for change in found.changes)
    return Table("quotas", "Quotas", columns, rows)


def _row(change: Change, found: Publication) -> tuple[str | Fraction | None, ...]:
    before, after, delta = (None if x is None else Fraction(x, 10**found.minor) for x in (change.before, change.after, change.delta))
    front = (change.team, change.role, change.holder, change.name)
    return (*front, after) if found.amends is None else (*front, before, after, delta)


def listed(found: tuple[Publication, ...], head: Head, shown: str) -> Report:
    """Return all publications of a ledger, one a line, and where the ledger ends."""
    columns = (
        Column("period", "Period"),
        Column("number", "Number", Unit.COUNT),
        Column("run", "Run"),
        Column("by", "By"),
        Column("at", "When"),
        Column("entry", "Entry", Unit.COUNT),
        Column("standing", "Standing"),
        Column("reason", "Reason"),
    )
    last = {(one.policy, one.period): one.entry.seq for one in found if one.counts}
    rows = tuple(
        (
            f"{one.policy} {one.period}",
            one.number,
            one.run[:12],
            one.by,
            one.entry.at,
            one.entry.seq,
            _standing(one, last),
            one.reason or None,
        )
        for one in found
    )
    title = f"{shown}: {len(found):,} publication{'s' * (len(found) != 1)}"
    ends = Facts("head", "Ledger", (("entries", str(head.entries)), ("head", head.sha256)))
    return Report("published", title, (Table("publications", "Published", columns, rows), ends))


def _standing(one: Publication, last: dict[tuple[str, str], int]) -> str:
    if not one.counts:
        return "signature does not count"
    return "in force" if last.get((one.policy, one.period)) == one.entry.seq else "amended since"
