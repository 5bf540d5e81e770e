"""Tables that come during or after the year: one word a file, with the contract of its columns.

The docstring is the word's reference page; `FIELDS` are its columns, `LEAST` those that must be mapped, `KEYS` what else the
file says of it, `NEEDED` what of that must be said; `COPIES` tells that equal rows are different facts, not copies.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.schema import Schema, either, record, text
from kam_rules.model.types import Field
from kam_rules.tables import COLUMN


class Word(Protocol):
    """One table."""

    FIELDS: tuple[Field, ...]
    LEAST: tuple[str, ...]
    KEYS: dict[str, Schema]
    NEEDED: tuple[str, ...]
    COPIES: bool
    __doc__: str | None


def word(name: str) -> Word:
    """Return a table's contract by its word."""
    return import_module(f"{__name__}.{name}")


def words() -> tuple[str, ...]:
    """Return all words."""
    return words_of(__path__)


def schema(name: str) -> Schema:
    """Return the shape of a table in its file."""
    found = word(name)
    columns = {f.name: either(f.meaning, text("The column's name"), COLUMN) for f in found.FIELDS}
    about = (found.__doc__ or "").partition("\n")[0].rstrip(".")
    parts = {
        "file": text("The path of the file, seen from this one"),
        **found.KEYS,
        "columns": record("Which column feeds which field", columns, found.LEAST),
    }
    return record(about, parts, ("file", *found.NEEDED, "columns"))


def year_schema() -> Schema:
    """Return the schema of a file that holds one or more of these tables."""
    return record("A file that comes during or after the year", {name: schema(name) for name in words()})
