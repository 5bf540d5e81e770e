"""Hold the totals that stand in a file against its rows: of all above them, or of those since the total before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from kam_rules.feel.printer import value as said
from kam_rules.model.book import Book, Why
from kam_rules.model.errors import Finding
from kam_rules.model.types import Type

COUNTED = re.compile(r"(?<![\d.,])(\d{1,3}(?:[,. ]\d{3})+|\d+)\s+(?:records?|rows|accounts|Datensätze|Zeilen)\b", re.IGNORECASE)
"""How a report says how many rows it has, such as `Grand Totals (5,700 records)`."""
SHOWN = 5


def totals(book: Book, base: str, minor: int) -> Iterator[Finding]:
    """Return where a total of the file is not what its rows add up to, with what may explain the difference.

    Args:
        book: the accounts; every row of the file counts, copies and refused ones too.
        base: the field that is the base.
        minor: its decimals.
    """
    away = book.aside.frame().sort("row")
    stated = away.filter((pl.col("why") == Why.TOTAL) | ((pl.col("why") == Why.FOOTER) & pl.col("text").str.contains(r"\d")))
    if not stated.height:
        return
    rows, before = _rows(book, base), 0
    for row, why, text, total in stated.select("row", "why", "text", "total").iter_rows():
        above = rows.filter(pl.col("row") < row)
        counted = COUNTED.search(text or "")
        if counted and (number := int(re.sub(r"\D", "", counted[1]))) not in {above.height, above.filter(pl.col("row") > before).height}:
            message = f"{book.source.shown} row {row} says {number:,} rows, and {above.height:,} stand above it"
            yield Finding("KR909", f"{message}; {_gaps(above)}", book.source.where, "is the extract whole?", "warning")
        if total is not None and total not in {_sum(above), _sum(above.filter(pl.col("row") > before))}:
            gap = _sum(above) - total
            by = f"{_money(abs(gap), minor)} {'more' if gap > 0 else 'less'}"
            says = f"{book.source.shown} row {row} says {_money(total, minor)}"
            message = f"{says}, and the rows above bring {_money(_sum(above), minor)}: {by}"
            yield Finding("KR909", f"{message}; {_gaps(above)}", book.source.where, "is the extract whole, or edited by hand?", "warning")
        before = row if why == Why.TOTAL else before


def _rows(book: Book, base: str) -> pl.DataFrame:
    """Return every row that is or was an account with the base that it brings: row, base, kind."""
    away = book.aside.frame()
    below = away.filter(pl.col("why") == Why.ADDED).group_by(row="of").agg(more=pl.col("base").sum())
    kept = book.table.lazy().select("row", base=pl.col(base)).collect().join(below, on="row", how="left", maintain_order="left")
    own = kept.select("row", base=pl.col("base") - pl.col("more").fill_null(0), kind=pl.lit(""))
    out = book.rejected.frame().select("row", "base", kind=pl.lit("refused"))
    others = away.filter(pl.col("of").is_not_null()).select("row", "base", kind=pl.col("why"))
    return pl.concat([own, out, others]).sort("row")


def _sum(rows: pl.DataFrame) -> int:
    return int(rows["base"].cast(pl.Int128).sum() or 0)


def _gaps(rows: pl.DataFrame) -> str:
    """Say which rows may explain a difference: those whose base cannot be read, and copies."""
    unread, copied = rows.filter(pl.col("base").is_null()), rows.filter(pl.col("kind") == Why.COPY)
    parts = [
        f"no base can be read in {unread.height:,}: row {_few(unread)}" if unread.height else "",
        f"copies among them are {copied.height:,}: row {_few(copied)}" if copied.height else "",
    ]
    return ", ".join(part for part in parts if part) or "every one of them brings a base, and none is a copy"


def _few(rows: pl.DataFrame) -> str:
    return ", ".join(map(str, rows["row"].head(SHOWN))) + (" …" if rows.height > SHOWN else "")


def _money(units: int, minor: int) -> str:
    return said(Fraction(units, 10**minor), Type.MONEY, minor=minor)
