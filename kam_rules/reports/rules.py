"""How often every rule of a run fired, was unknown, or decided: rules that no account reached stand out."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.outcome import Layout
from kam_rules.model.program import Hit
from kam_rules.model.report import Cell, Column, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline import codes
from kam_rules.pipeline.assemble import INNER
from kam_rules.reports._place import short


def rules(run: Run) -> Report:
    """Return the firing counts of all rules of a run, in the order in which they are asked."""
    columns = (
        Column("list", "List"),
        Column("rule", "Rule"),
        Column("fired", "Fired", Unit.COUNT),
        Column("share", "Share", Unit.RATIO),
        Column("unknown", "Unknown", Unit.COUNT),
        Column("where", "Where"),
    )
    height = run.table.height
    counts = _counts(run)
    rows: list[tuple[Cell, ...]] = []
    for found in run.ready.program.lists:
        if found.id in INNER:
            continue
        for i, rule in enumerate(found.rules):
            fired, unknown = (counts[f"{found.id}.{i}.{kind}"] for kind in ("fired", "unknown"))
            where = short(rule.where)
            rows.append((found.id, rule.id, fired, _share(fired, height), unknown, where))
    never = sum(1 for row in rows if row[2] == 0)
    note = f"{never} of {len(rows)} rules fired for no account." if never else ""
    table = Table("rules", "Rules by how many accounts they fired for, before seating", columns, tuple(rows), note)
    return Report("rules", f"{run.name}: {height:,} accounts, {len(rows)} rules", (table,), status=run.standing.status)


def _share(fired: int, height: int) -> Cell:
    return Fraction(fired, height) if height else None


def _counts(run: Run) -> dict[str, int]:
    """Count, in one pass over the codes, for how many accounts each rule fired and was unknown."""
    layout = Layout(*run.ready.program.stages)
    wanted = []
    for found in run.ready.program.lists:
        for i in range(len(found.rules)):
            fired = codes.bit(layout, found.id, "true", i) if found.hit is Hit.COLLECT else codes.number(layout, found.id) == i + 1
            wanted += [
                fired.sum().alias(f"{found.id}.{i}.fired"),
                codes.bit(layout, found.id, "unknown", i).sum().alias(f"{found.id}.{i}.unknown"),
            ]
    return run.table.lazy().select(wanted).collect(engine="streaming").row(0, named=True)
