"""What a decision was made from: every field with its cell, every metric, every assumption with its source."""

from __future__ import annotations

from typing import Any

import polars as pl

from kam_rules.model.book import ColumnMap
from kam_rules.model.program import Derive
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.read import rates_of
from kam_rules.pipeline.replay import Replay
from kam_rules.sources._conventions import told as written
from kam_rules.sources._rates import told


def values(found: Replay) -> list[dict[str, Any]]:
    """Return every field that any stage read, with the cell it came from."""
    names = {f.name for stage in found.program.stages for f in stage.fields}
    faults = found.run.book.faults.lazy().filter(pl.col("row") == found.account["row"]).select("field", "code").collect()
    codes = dict(reversed(faults.rows()))
    return [_field(found, f, codes.get(f.name)) for f in found.program.fields if f.name in names]


def _field(found: Replay, field: Field, fault: str | None) -> dict[str, Any]:
    column = found.run.book.source.columns.get(field.name)
    cell = found.cells.get(field.name)
    return {
        "name": field.name,
        "type": str(field.type),
        "meaning": field.meaning,
        "value": found.text(found.facts.get(field.name), field.type),
        "file": _file(found, field),
        "row": found.account["row"],
        "column": column.column if column else None,
        "raw": None if cell is None else _told(cell),
        "unit": _unit(found, field, column) or None,
        "fault": fault,
        "contract": f"worked out from {field.beside}" if field.beside else str(field.where),
    }


def _file(found: Replay, field: Field) -> str:
    tables = found.run.book.source.tables
    return tables[field.beside].shown if field.beside in tables else found.run.book.source.shown


def _unit(found: Replay, field: Field, column: ColumnMap | None) -> str:
    """Return how the text in the cell is meant: percent or fraction, the currency it was converted from, its convention."""
    if column is None:
        return ""
    book, meant = found.run.book, column.unit if field.type is Type.RATIO else ""
    if field.type is Type.MONEY:
        meant = told(rates_of(book.source, book.tables, found.program.currency), found.account["currency"])
    return "; ".join(part for part in (meant, written(column)) if part)


def figures(found: Replay) -> list[dict[str, Any]]:
    """Return every metric that any stage worked out."""
    steps = [step for stage in found.program.stages for step in stage.steps]
    metrics = {step.name: step for step in steps if isinstance(step, Derive) and step.text}
    return [_figure(found, metric) for metric in metrics.values()]


def _figure(found: Replay, metric: Derive) -> dict[str, Any]:
    value = found.facts.get(metric.name)
    return {
        "name": metric.name,
        "is": metric.text,
        "value": found.text(value, metric.type),
        "where": str(metric.where),
        "missing": list(found.absent(metric.name)) if value is None else [],
    }


def assumptions(found: Replay) -> list[dict[str, Any]]:
    """Return every assumption, with its value and the place that gave it."""
    ready = found.run.ready
    return [
        {"name": name, "value": found.text(const.value, const.type), "source": ready.sources[name]} for name, const in ready.assumed.items()
    ]


def _told(cell: object) -> str:
    """Write a cell as its source shows it; a whole float without a point, as the count or flag that it is."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(cell).removesuffix(".0") if isinstance(cell, float) else str(cell)
