"""How often every rule of a run fired, was unknown, or decided: rules that no account reached stand out."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from kam_rules.model.outcome import WORD
from kam_rules.model.program import Hit, RuleList
from kam_rules.model.report import Cell, Column, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.assemble import MET


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
    rows: list[tuple[Cell, ...]] = []
    for found in run.ready.program.lists:
        if found.id == MET:
            continue
        for i, rule in enumerate(found.rules):
            fired, unknown = _fired(run.table, found, i), _bits(run.table, found.id, "unknown", i)
            where = str(rule.where).rsplit("/", 1)[-1] if rule.where else "built in"
            rows.append((found.id, rule.id, fired, _share(fired, height), unknown, where))
    never = sum(1 for row in rows if row[2] == 0)
    note = f"{never} of {len(rows)} rules fired for no account." if never else ""
    table = Table("rules", "Rules by how many accounts they fired for, before seating", columns, tuple(rows), note)
    return Report("rules", f"{run.name}: {height:,} accounts, {len(rows)} rules", (table,))


def _share(fired: int, height: int) -> Cell:
    return Fraction(fired, height) if height else None


def _fired(table: pl.DataFrame, found: RuleList, i: int) -> int:
    if found.hit is Hit.COLLECT:
        return _bits(table, found.id, "true", i)
    return int((table[f"{found.id}.rule"] == i).sum())


def _bits(table: pl.DataFrame, list_id: str, kind: str, i: int) -> int:
    word = pl.col(f"{list_id}.{kind}.{i // WORD}")
    return int(table.select((word & (1 << i % WORD) != 0).sum()).item())
