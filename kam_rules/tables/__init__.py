"""Tables beside the accounts: one word a file, named as the data file names it, with the contract of its columns.

The docstring is the word's reference page; `FIELDS` are its columns, typed as fields of a policy are; `LEAST` names the
columns that must be mapped.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.schema import Schema, choice, either, integer, listing, only, record, text
from kam_rules.model.schema import table as table_of
from kam_rules.model.types import Field
from kam_rules.model.watch import EVENTS, QUARTERS

WRITTEN = (
    "1,234.50",
    "1.234,50",
    "year-month-day",
    "day.month.year",
    "day/month/year",
    "month/day/year",
    "day-month-year",
    "month-day-year",
    "year/month/day",
    "yearmonthday",
    "excel",
)
"""The conventions of numbers and days, each by an example of itself; excel counts days."""

COLUMN = record(
    "A column and how it is read",
    {
        "column": text("The column's name in the source"),
        "written": choice("How all its numbers or days are written; found where it is left out", *WRITTEN),
        "missing": listing("Texts in it that mean nothing known, beside blank, N/A and -", text("A text")),
        "zero": listing("Texts in it that mean nought, such as the - of an accounting format", text("A text")),
        "i_know": only(value=True, description="Somebody has looked at what makes this column a trap, and means it"),
        "unit": choice("How bare numbers of a ratio are meant: 12 is 12% or 1200%", "percent", "fraction"),
    },
    ("column",),
)


LAYOUT = {
    "encoding": text("How its letters are written, such as utf-8 or cp1252; found where it is left out"),
    "separator": text("What stands between its cells, such as ; found where it is left out"),
    "header": integer("The row that names its columns, counted from 1; found where it is left out", 1),
    "sheet": text("The sheet of a workbook; the first that holds a table where it is left out"),
    "fill_down": listing("Columns whose blank cells mean the cell above", text("The column's name")),
}
"""How a file lies."""


class Table(Protocol):
    """One table of the data file."""

    FIELDS: tuple[Field, ...]
    LEAST: tuple[str, ...]
    __doc__: str | None


def table(name: str) -> Table:
    """Return a table's contract by its word."""
    return import_module(f"{__name__}.{name}")


def tables() -> tuple[str, ...]:
    """Return all words for tables."""
    return words_of(__path__)


def schema(name: str) -> Schema:
    """Return the shape of a table in the data file."""
    found = table(name)
    about = (found.__doc__ or "").partition("\n")[0].rstrip(".")
    file = text("The path of the file, seen from the data file")
    if is_watched(name):
        column = either("A column", text("The column's name"), COLUMN)
        absent = choice("What a quarter without a row stands for", *getattr(found, "ABSENT", ()))
        columns = table_of("Which column feeds which field", column, least=len(found.LEAST))
        parts = {"file": file, **LAYOUT, "absent_rows": absent, "columns": columns}
        return record(about, parts, ("file", "columns") if name == EVENTS else ("file", "absent_rows", "columns"))
    fields = {f.name: either(f.meaning, text("The column's name"), COLUMN) for f in found.FIELDS}
    told = {"file": file, **LAYOUT, "columns": record("Which column feeds which field", fields, found.LEAST)}
    return record(about, told, ("file", "columns"))


def is_watched(name: str) -> bool:
    """Tell whether triggers can watch a table; the policy then declares its other columns."""
    return name in {QUARTERS, EVENTS}
