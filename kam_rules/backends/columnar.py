"""Whole books at once: a stage compiled to Polars expressions over exact columns. Decides as the reference engine does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kam_rules.backends._exact import Num
from kam_rules.backends._lists import Lists
from kam_rules.backends._nodes import Cell, Found
from kam_rules.backends._span import Span, point
from kam_rules.backends._table import schema
from kam_rules.model.outcome import Layout
from kam_rules.model.program import Derive, Stage
from kam_rules.model.types import Field

if TYPE_CHECKING:
    from kam_rules.model.progress import Progress

PLAIN = pl.QueryOptFlags(comm_subexpr_elim=False, comm_subplan_elim=False)
"""What is worked out once is kept as a column already; looking for more costs half the time and one of two threads."""
MANY = 50_000
"""Rows past which deciding in pieces that fit the processor's cache pays."""
KEPT = 32
"""Compiled stages that are kept for the next part or the next call."""

Fact = tuple[Span | None, bool]
"""What the data proves of a field: the bounds of its numbers, and whether one is missing."""


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled stage: columns layer by layer, each reading those before it, and the outcome."""

    stage: Stage
    layers: tuple[tuple[pl.Expr, ...], ...]
    outputs: tuple[pl.Expr, ...]
    wanted: tuple[pl.Expr, ...]


class Columnar:
    """The columnar engine."""

    def __init__(self) -> None:
        """Start with nothing compiled."""
        self._queries: dict[tuple[int, tuple[Fact, ...]], Query] = {}

    def decide(self, stage: Stage, table: pl.DataFrame, progress: Progress) -> pl.DataFrame:
        """Decide the stage for every row; see `Backend`."""
        query = self._query(stage, _facts(stage, table))
        lazy = table.lazy()
        for layer in query.layers:
            lazy = lazy.with_columns(layer)
        engine = "streaming" if table.height > MANY else "in-memory"
        decided = lazy.with_columns(query.outputs).select(query.wanted).collect(engine=engine, optimizations=PLAIN)  # type: ignore[call-overload]
        progress(table.height)
        return decided  # type: ignore[no-any-return]

    def _query(self, stage: Stage, facts: tuple[Fact, ...]) -> Query:
        """Compile a stage, once for the same stage and facts; the query holds the stage, so that its identity is its own."""
        key = id(stage), facts
        found = self._queries.pop(key, None) or _compile(stage, facts)
        self._queries[key] = found
        if len(self._queries) > KEPT:
            self._queries.pop(next(iter(self._queries)))
        return found


def _compile(stage: Stage, facts: tuple[Fact, ...]) -> Query:
    lists = Lists(dict(map(_source, stage.fields, facts)), layout=Layout(stage))
    for step in stage.steps:
        if isinstance(step, Derive):
            lists.derive(step)
        else:
            lists.decide(step)
    wanted = tuple(pl.col(name).cast(kind) for name, kind in schema(stage).items())
    return Query(stage, tuple(map(tuple, lists.layers)), (*lists.words(), *lists.outputs), wanted)


def _source(field: Field, fact: Fact) -> tuple[str, Found]:
    span, nullable = fact
    if span is None:
        return field.name, Cell(pl.col(field.name), nullable)
    scale = 10**field.decimals
    return field.name, Num(pl.col(field.name), span, scale, point(scale), nullable)


def _facts(stage: Stage, table: pl.DataFrame) -> tuple[Fact, ...]:
    """Return what the data proves, in steps so coarse that the next part of a book mostly proves the same."""
    numeric = [f.name for f in stage.fields if f.type.numeric]
    low, high = pl.col(numeric).min().name.suffix(".low"), pl.col(numeric).max().name.suffix(".high")
    ends = table.lazy().select(low, high).collect() if numeric else table
    return tuple((_span(f, ends) if f.type.numeric else None, table[f.name].null_count() > 0) for f in stage.fields)


def _span(field: Field, ends: pl.DataFrame) -> Span:
    """Return the bounds of a column: powers of two around what it holds, or the contract where that is closer."""
    low, high = ends[f"{field.name}.low"][0], ends[f"{field.name}.high"][0]
    if low is None:
        return point(0)
    scale = 10**field.decimals
    least = -(1 << (-low).bit_length()) if low < 0 else min(low, 1)
    most = (1 << high.bit_length()) - 1 if high > 0 else max(high, -1)
    if field.least is not None:
        least = max(least, math.ceil(field.least * scale))
    if field.most is not None:
        most = min(most, math.floor(field.most * scale))
    return Span(min(least, low), max(most, high))


ENGINE = Columnar()
