"""Quota by quarter or month."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.amounts import percent
from kam_rules.model.report import Block, Cell, Column, Facts, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.own import owned
from kam_rules.pipeline.quarters import Line, Quarters

SAID = {
    "even": "evenly",
    "season": "as last year's revenue fell",
    "renewal": "by the renewal of each account; what does not renew in the year falls evenly",
}


def periods(run: Run, found: Quarters, rep: str | None = None) -> Report:
    """Return every line of quota by period, to a rep the own lines alone; the parts add up to the year.

    Raises:
        UsageError: KR591 the run has no such rep.
    """
    minor, lines = run.ready.program.minor, found.lines
    if rep is not None:
        owned(run, rep)
        lines = tuple(line for line in lines if line.holder == rep)
    days = [(period.label, f"{period.start} to {period.end}") for period in found.periods]
    facts = [("split", SAID[found.rule.split]), *days]
    if found.weights:
        whole = sum(found.weights)
        facts.append(("last year", ", ".join(percent(Fraction(weight, whole), 2) for weight in found.weights)))
        facts.append(("rows outside last year", f"{found.outside:,}, not read"))
    blocks: tuple[Block, ...] = (
        Facts("how", "How", tuple(facts)),
        _table("total", "Total quota", found, [(line, line.total) for line in lines], minor),
        _table("committed", "Of it committed", found, [(line, line.committed) for line in lines], minor),
    )
    whose = f"{len(lines):,} lines" if rep is None else rep
    title = f"{run.name}: the quota of {whose} in {len(found.periods)} {found.rule.into}"
    return Report("periods", title, blocks, minor=minor, status=run.standing.status)


def _table(key: str, title: str, found: Quarters, lines: list[tuple[Line, tuple[int, ...]]], minor: int) -> Table:
    columns = (
        Column("holder", "Person"),
        Column("role", "As"),
        *(Column(period.label, period.label, Unit.MONEY) for period in found.periods),
        Column("year", "Year", Unit.MONEY),
    )
    money = 10**minor
    rows: list[tuple[Cell, ...]] = [
        (line.holder, line.role, *(Fraction(part, money) for part in parts), Fraction(sum(parts), money)) for line, parts in lines
    ]
    return Table(key, title, columns, tuple(rows), empty="no account has a target")
