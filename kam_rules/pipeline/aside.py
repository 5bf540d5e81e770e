"""What becomes of rows that are not decided: set aside or refused, each with its reason and the base that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from kam_rules.model.book import ColumnMap, Why
from kam_rules.model.program import Program
from kam_rules.model.rates import PlanRates
from kam_rules.sources._contract import comparable, texts, typed
from kam_rules.sources._conventions import plain
from kam_rules.sources._rates import converted

ASIDE = {
    "row": pl.Int64,
    "why": pl.String,
    "account_id": pl.String,
    "parent": pl.String,
    "base": pl.Int64,
    "of": pl.Int64,
    "text": pl.String,
    "total": pl.Int64,
}
REJECTED = {"row": pl.Int64, "account_id": pl.String, "parent": pl.String, "owner": pl.String, "base": pl.Int64, "codes": pl.String}
REASONS = {
    Why.BLANK: "the row is blank",
    Why.COPY: "an exact copy of another row",
    Why.TOTAL: "a total of other rows",
    Why.FOOTER: "a line beside the table",
    Why.ADDED: "added to its ultimate parent",
    Why.HELD: "held in its ultimate parent already",
}


class Bases:
    """Reads the base that rows name, whether or not the contract lets them be decided."""

    def __init__(self, program: Program, fed: Mapping[str, ColumnMap], rates: PlanRates) -> None:
        """Find the base among the fields; without a column for it no row names one."""
        self._field = next((f for f in program.fields if f.name == program.base), None)
        self._column, self._rates, self._in = fed.get(program.base), rates, "currency" in fed

    def of(self, cells: pl.DataFrame) -> pl.Series:
        """Return the base of each row in smallest units; null where it is no amount."""
        if self._field is None or self._column is None:
            return pl.Series("base", [None], dtype=pl.Int64).new_from_index(0, cells.height)
        found = plain(cells[self._field.name], self._field, self._column)
        if self._in and "currency" in cells.columns:
            found = converted(texts(found), cells["currency"], self._rates, self._field.decimals)
        free = replace(self._field, least=None, most=None, plausible=None)
        return typed(found, free, self._column.unit)[0].alias("base")

    def stated(self, rows: pl.DataFrame) -> pl.Series:
        """Return what rows set aside say in the column of the base; null where they say nothing, or not which currency."""
        if self._field is None or self._column is None or self._column.column not in rows.columns or self._in:
            return pl.Series("base", [None], dtype=pl.Int64).new_from_index(0, rows.height)
        return self.of(rows.select(comparable(rows, {self._field.name: self._column.column})))


def copies(cells: pl.DataFrame, of: pl.DataFrame, bases: Bases) -> pl.DataFrame:
    """Return the rows that copy another, as they are set aside; `of` names the row that each copies."""
    if not of.height:
        return pl.DataFrame(schema=ASIDE)
    rows = cells.join(of, on="row", how="inner", maintain_order="left")
    found = rows.select("row", *_who(rows), "of", why=pl.lit(Why.COPY.value), text=pl.lit(None), total=pl.lit(None))
    return found.with_columns(bases.of(rows)).select(*ASIDE).cast(ASIDE)  # type: ignore[arg-type]


def _who(rows: pl.DataFrame) -> tuple[pl.Expr, ...]:
    fed = set(rows.columns)
    return tuple((pl.col(name) if name in fed else pl.lit(None)).cast(pl.String).alias(name) for name in ("account_id", "parent", "owner"))


def told_aside(rows: pl.DataFrame | None, bases: Bases) -> pl.DataFrame:
    """Return the rows that a reader set aside; they name no account and bring no base, but a total says what it adds up to."""
    if rows is None:
        return pl.DataFrame(schema=ASIDE)
    none = {name: pl.lit(None, kind) for name, kind in ASIDE.items() if name not in {"row", "why", "text", "total"}}
    told = rows.select("row", "why", "text").with_columns(bases.stated(rows).alias("total"), **none)
    return told.select(*ASIDE).cast(ASIDE)  # type: ignore[arg-type]


def rejected(cells: pl.DataFrame, faults: pl.DataFrame, bases: Bases) -> pl.DataFrame:
    """Return the rows that a fault refuses, each once, with the codes of all that refuse it."""
    grave = faults.filter("refused").group_by("row").agg(pl.col("code").unique().sort().str.join(" ").alias("codes"))
    if not grave.height:
        return pl.DataFrame(schema=REJECTED)
    rows = cells.join(grave, on="row", how="inner", maintain_order="left")
    found = rows.select("row", *_who(rows), "codes").with_columns(bases.of(rows))
    return found.select(*REJECTED).cast(REJECTED)  # type: ignore[arg-type]


def brought(*amounts: pl.Series) -> int:
    """Return the exact sum of amounts in smallest units; what is missing brings nothing."""
    return sum(int(found.cast(pl.Int128).sum() or 0) for found in amounts)
