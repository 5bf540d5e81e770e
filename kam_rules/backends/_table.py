"""The columns of an outcome table, the same for every engine."""

from __future__ import annotations

import polars as pl

from kam_rules.model.outcome import Layout
from kam_rules.model.program import Stage
from kam_rules.model.types import Type

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
