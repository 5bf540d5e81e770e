"""Every value of a source that its contract does not allow, with what is wrong and what to do."""

from __future__ import annotations

from kam_rules.model.book import Book
from kam_rules.model.program import Program
from kam_rules.model.report import Cell, Column, Table, Unit
from kam_rules.pipeline.findings import fault_reason


def faults_table(key: str, title: str, book: Book, program: Program) -> Table:
    """Return one row a fault, in the order in which they were read; its effect is that the value is missing or the row refused."""
    columns = (
        Column("row", "Row", Unit.COUNT),
        Column("account_id", "Account"),
        Column("column", "Column"),
        Column("raw", "Read"),
        Column("effect", "Effect"),
        Column("code", "Code"),
        Column("what", "What is wrong"),
        Column("fix", "What to do"),
    )
    rows = list[tuple[Cell, ...]]()
    for fault in (fault for part in book.faults for fault in part.iter_rows(named=True)):
        what, fix = fault_reason(book, program, fault["code"], fault["field"], fault["raw"])
        effect = "refused" if fault["refused"] else "missing"
        rows.append((fault["row"], fault["account_id"], fault["column"], fault["raw"], effect, fault["code"], what, fix))
    return Table(key, title, columns, tuple(rows))
