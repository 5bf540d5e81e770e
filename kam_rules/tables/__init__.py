"""Tables beside the accounts: one word a file, named as the data file names it, with the contract of its columns.

The docstring is the word's reference page; `FIELDS` are its columns, typed as fields of a policy are; `LEAST` names the
columns that must be mapped.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.schema import Schema, choice, either, record, text
from kam_rules.model.schema import table as table_of
from kam_rules.model.types import Field
from kam_rules.model.watch import EVENTS, QUARTERS

COLUMN = record(
    "A column and how it is read",
    {
        "column": text("The column's name in the source"),
        "unit": choice("How bare numbers of a ratio are meant: 12 is 12% or 1200%", "percent", "fraction"),
    },
    ("column",),
)


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
        parts = {"file": file, "absent_rows": absent, "columns": table_of("Which column feeds which field", column, least=len(found.LEAST))}
        return record(about, parts, ("file", "columns") if name == EVENTS else ("file", "absent_rows", "columns"))
    columns = {f.name: either(f.meaning, text("The column's name"), COLUMN) for f in found.FIELDS}
    return record(about, {"file": file, "columns": record("Which column feeds which field", columns, found.LEAST)}, ("file", "columns"))


def is_watched(name: str) -> bool:
    """Tell whether triggers can watch a table; the policy then declares its other columns."""
    return name in {QUARTERS, EVENTS}
