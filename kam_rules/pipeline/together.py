"""What rows show only together: families, totals, owners, joins, raters. Nothing is changed by any of it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from kam_rules.model.amounts import shown
from kam_rules.model.book import Book
from kam_rules.model.errors import Finding
from kam_rules.model.program import Program
from kam_rules.pipeline.hierarchy import hierarchy_findings, members
from kam_rules.pipeline.oddities import oddities
from kam_rules.pipeline.ratings import apart
from kam_rules.pipeline.totals import totals

SHOWN, PLACES = 5, 6


def told_together(book: Book, program: Program) -> tuple[Finding, ...]:
    """Return what is odd about rows that only show it together."""
    base, minor = program.base, program.minor
    families = hierarchy_findings(book, base, minor)
    return (*families, *totals(book, base, minor), *oddities(book, program), *_unjoined(book, base), *_apart(book))


def _unjoined(book: Book, base: str) -> Iterator[Finding]:
    """Find rows of the tables beside the accounts that name no account of the file, refused ones aside."""
    known = None
    for name, table in book.tables.items():
        column = next((c for c in ("account", "account_id") if c in table.columns), None)
        if column is None:
            continue
        known = members(book, base)["account_id"] if known is None else known
        lost = table.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known.implode()))
        if lost.height:
            named = ", ".join(f"{id_} (row {row})" for id_, row in lost.select(column, "row").head(SHOWN).iter_rows())
            more = f" and {lost.height - SHOWN:,} more" if lost.height > SHOWN else ""
            message = f"{lost.height:,} rows of {name} name no account of {book.source.shown}: {named}{more}"
            yield Finding("KR469", message, book.source.where, "correct the ids, or deliver the accounts; such rows decide nothing", "note")


def _apart(book: Book) -> Iterator[Finding]:
    found = apart(book.source, book.tables)
    if found:
        first = found[0]
        message = (
            f"raters are far apart on {len(found):,} answers, such as {first.field} of {first.account_id}: "
            f"{first.each}, {shown(first.spread, PLACES)} points between them"
        )
        yield Finding("KR468", message, None, "let them talk before the answer decides; kam-rules data check lists all", "note")
