"""What is odd of accounts that keep the contract: an owner who left, a day to come, more than the whole of a wallet."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from kam_rules.feel.printer import value as said
from kam_rules.model.book import Book
from kam_rules.model.errors import Finding
from kam_rules.model.program import Derive, Program
from kam_rules.model.tree import Arith, Node, Read
from kam_rules.model.types import Type
from kam_rules.pipeline.aside import brought
from kam_rules.pipeline.holders import REPS

SHOWN = 5


def oddities(book: Book, program: Program) -> Iterator[Finding]:
    """Return what somebody should look at, each kind once, with rows and the base at stake; nothing is changed by it."""
    yield from _left(book, program)
    yield from _to_come(book, program)
    yield from _past_all(book, program)


def _left(book: Book, program: Program) -> Iterator[Finding]:
    """Find accounts of people who left before the day of the data."""
    if REPS not in book.tables:
        return
    gone = book.tables[REPS].filter(pl.col("end") < book.source.as_of).select("rep_id", "end")
    if gone.height:
        accounts = book.table.lazy().select("row", "owner", base=program.base).collect()
        theirs = accounts.join(gone, left_on="owner", right_on="rep_id", how="inner", maintain_order="left")
        for (owner, end), rows in theirs.partition_by("owner", "end", as_dict=True, maintain_order=True).items():
            message = f"{owner} left on {end} and owns {_with_base(rows, program)}"
            yield Finding("KR910", message, book.source.where, "name who has them now, or let a vacant seat hold them", "warning")


def _to_come(book: Book, program: Program) -> Iterator[Finding]:
    """Find days on which a figure was estimated that lie after the day of the data."""
    for name in dict.fromkeys(f.dated_by for f in program.fields if f.dated_by in book.source.columns):
        late = pl.col(name) > book.source.as_of
        rows = book.table.lazy().filter(late).select("row", base=program.base).collect()
        if rows.height:
            column = book.source.columns[name].column
            message = f"column '{column}' lies after {book.source.as_of}, the day of the data, in {_with_base(rows, program)}"
            fix = "are day and month in the other order, or is as_of too early?"
            yield Finding("KR911", message, book.source.columns[name].where, fix, "warning")


def _past_all(book: Book, program: Program) -> Iterator[Finding]:
    """Find accounts that bring more than the whole that their penetration is a share of."""
    whole = _whole(program)
    if whole is None or whole not in book.source.columns:
        return
    rows = book.table.lazy().filter(pl.col(program.base) > pl.col(whole)).select("row", base=program.base).collect()
    if rows.height:
        message = f"'{program.base}' exceeds '{whole}', so that penetration is over 100%, in {_with_base(rows, program)}"
        fix = "estimate it again: it holds at least what they buy from us"
        yield Finding("KR912", message, book.source.columns[whole].where, fix, "warning")


def _whole(program: Program) -> str | None:
    """Return the field that the base is divided by for the state's penetration, where it is that plain."""
    node: Node | None = dict(program.state_inputs).get("penetration")
    metrics = {step.name: step.node for stage in program.stages for step in stage.steps if isinstance(step, Derive)}
    while isinstance(node, Read) and node.name in metrics:
        node = metrics[node.name]
    if isinstance(node, Arith) and node.op == "/" and isinstance(node.left, Read) and isinstance(node.right, Read):
        same = node.left.name == program.base and node.right.type is Type.MONEY
        return node.right.name if same and node.right.name in {f.name for f in program.fields} else None
    return None


def _with_base(rows: pl.DataFrame, program: Program) -> str:
    base = said(Fraction(brought(rows["base"]), 10**program.minor), Type.MONEY, minor=program.minor)
    named = ", ".join(map(str, rows["row"].head(SHOWN)))
    more = f" and {rows.height - SHOWN:,} more" if rows.height > SHOWN else ""
    return f"{rows.height:,} account{'' if rows.height == 1 else 's'} with {base} of base (row {named}{more})"
