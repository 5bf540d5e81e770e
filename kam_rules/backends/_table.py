"""The table of outcomes, the same for every engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from kam_rules.model.outcome import Layout, Outcome, flatten
from kam_rules.model.program import Stage
from kam_rules.model.progress import Progress
from kam_rules.model.types import Type

CHUNK = 250
"""Rows after which an engine says how far it is."""
DTYPES: dict[Type, type[pl.DataType]] = {
    Type.FLAG: pl.Boolean,
    Type.CATEGORY: pl.String,
    Type.TEXT: pl.String,
    Type.DATE: pl.Date,
}


def dtype(type_: Type) -> type[pl.DataType]:
    """Return how a value of that type is stored; numbers are whole numbers of their smallest unit."""
    return DTYPES.get(type_, pl.Int64)


def schema(stage: Stage) -> dict[str, type[pl.DataType]]:
    """Return the columns of the stage's outcome with their storage types, in order."""
    return {**dict.fromkeys(Layout(stage).words, pl.Int64), **{figure.name: dtype(figure.type) for figure in stage.kept}}


def one_by_one(stage: Stage, table: pl.DataFrame, decide: Callable[[dict[str, Any]], Outcome], progress: Progress) -> pl.DataFrame:
    """Return what `decide` makes of every row of a table, in its order; see `kam_rules.backends.Backend.decide`."""
    rows, layout = [], Layout(stage)
    for number, row in enumerate(table.iter_rows(named=True), start=1):
        rows.append(flatten(stage, layout, decide(row)))
        if number % CHUNK == 0:
            progress(CHUNK)
    progress(len(rows) % CHUNK)
    return pl.DataFrame(rows, schema=schema(stage), orient="row")
