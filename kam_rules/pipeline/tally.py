"""Count what became of every row, in number and in money: in = decided + undecided + refused + set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import polars as pl

from kam_rules.model.book import Book, Why
from kam_rules.model.run import Run
from kam_rules.pipeline.aside import brought

REFUSED, ASIDE = "refused", "set_aside"
FATES = ("decided", "undecided", REFUSED, ASIDE)


@dataclass(frozen=True, slots=True)
class Tally:
    """Some rows: their number, the base that they bring in smallest units, and how many of them name none."""

    rows: int
    base: int
    without: int = 0


def tally(run: Run) -> Mapping[str, Tally]:
    """Return every row of the source, under `in`, and by what became of it.

    The sum of the parts is what came in, in number and in money; what a run loses on its way stops it here.
    """
    open_ = pl.col("tier").is_null() | pl.col("state").is_null()
    sums = (
        open_.alias("open"),
        pl.len().alias("rows"),
        pl.col("base").cast(pl.Int128).sum().cast(pl.String),
        pl.col("base").is_null().sum().alias("without"),
    )
    grouped = run.table.lazy().group_by(sums[0]).agg(sums[1:]).collect()
    found = {row["open"]: Tally(row["rows"], int(row["base"] or 0), row["without"]) for row in grouped.iter_rows(named=True)}
    parts = [found.get(False, Tally(0, 0)), found.get(True, Tally(0, 0)), _of(run.book.rejected.frame()), _of(run.book.aside.frame())]
    whole = Tally(run.book.rows, run.book.base, sum(part.without for part in parts))
    assert whole.rows == sum(part.rows for part in parts), (whole, parts)
    assert whole.base == sum(part.base for part in parts), (whole, parts)
    return {"in": whole, **dict(zip(FATES, parts, strict=True))}


def _of(rows: pl.DataFrame) -> Tally:
    """Count rows; what is added to a parent is brought by the parent."""
    own = rows if "why" not in rows.columns else rows.filter(pl.col("why") != Why.ADDED)
    return Tally(rows.height, brought(own["base"]), own["base"].null_count())


def reasons(book: Book) -> Mapping[tuple[str, str], Tally]:
    """Return the rows that are not decided, by what became of them and why: a code, or what kind of row it is.

    A row that several faults refuse counts under the first of its codes.
    """
    out = book.rejected.frame().with_columns(fate=pl.lit(REFUSED), why=pl.col("codes").str.split(" ").list.first())
    away = book.aside.frame().with_columns(fate=pl.lit(ASIDE))
    rows = pl.concat([frame.select("fate", "why", "base") for frame in (out, away)])
    groups = rows.sort("fate", "why").partition_by("fate", "why", as_dict=True, maintain_order=True)
    return {(str(fate), str(why)): _of(group) for (fate, why), group in groups.items()}


def count(run: Run) -> dict[str, int]:
    """Return how many rows were read and what became of each, the reasons of those set aside among them."""
    found = {name: part.rows for name, part in tally(run).items()}
    away = {why: part.rows for (fate, why), part in reasons(run.book).items() if fate == ASIDE}
    return {"rows": found.pop("in"), **found, **{why: away.get(why, 0) for why in Why}}


def money(run: Run) -> dict[str, int]:
    """Return the base that the rows bring, in smallest units, and what became of it."""
    return dict(chain.from_iterable(((name, part.base), (f"{name}_without", part.without)) for name, part in tally(run).items()))
