"""Data that may not be copied: a run keeps the hash of each table, and is opened beside the data that it was made from."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.evidence.pack import sha256
from kam_rules.model.book import AccountsSource, Book
from kam_rules.model.errors import Finding, IntegrityError, UsageError, Where
from kam_rules.model.parts import Parts, whole
from kam_rules.model.program import Program
from kam_rules.pipeline.datafile import load_data_file
from kam_rules.pipeline.read import read_source
from kam_rules.pipeline.spill import Spill

TABLES = ("accounts", "raw", "faults", "set_aside", "refused")
CELLS = {"faults.csv": ("raw", "what", "fix"), "set_aside.csv": ("text", "total")}
"""Of the lists for people, the columns that repeat what stood in a cell."""


def digest(table: Iterable[pl.DataFrame]) -> str:
    """Return the hash of a table: of its rows as lines of JSON, however it is parted."""
    found = hashlib.sha256()
    for part in table:
        lines = io.BytesIO()
        part.write_ndjson(lines)
        found.update(lines.getbuffer())
    return found.hexdigest()


def tables_of(book: Book) -> dict[str, Parts]:
    """Return every table of a book, by the name under which a run keeps it, those beside the accounts last."""
    own = dict(zip(TABLES, (book.table, book.raw, book.faults, book.aside, book.rejected), strict=True))
    return own | {name: whole(table) for name, table in book.tables.items()}


def hashes(book: Book) -> dict[str, str]:
    """Return the hash of every table of a book, by its name."""
    return {name: digest(table) for name, table in tables_of(book).items()}


def check_source(book: Book) -> None:
    """Hold that the data can be found again when the run is opened.

    Raises:
        UsageError: KR515 they came as frames.
    """
    if not book.files:
        fix = "write the frame to a file, and name it in a data file"
        raise UsageError(Finding("KR515", "the policy lets no run copy its data, and a frame cannot be found again", None, fix))


def read_again(body: Mapping[str, Any], program: Program, sizes: tuple[int, ...], data: Path | None = None) -> Book:
    """Return the book of a run, read from the data themselves.

    Args:
        body: what the manifest says of the run.
        program: what the accounts are read for.
        sizes: the rows of each part of the trail; the accounts are parted alike.
        data: where the data file lies now; by default where it lay when the run was made.

    Raises:
        UsageError: KR513 the data are not there.
        IntegrityError: KR514 they are not what they were.
    """
    recorded = [(str(file["path"]), str(file["sha256"])) for file in body["data"]["files"]]
    path = Path(recorded[0][0]) if data is None else data
    _hold([(path, recorded[0][1])])
    source, file = load_data_file(path, recorded[0][0])
    opened = (None if source.layout.query else source.path, *(table.path for table in source.tables.values()))
    _hold((Path(one), was) for one, (_, was) in zip(opened, recorded[1:], strict=True) if one is not None)
    book = read_source(source, program, Spill(), (file,))
    _hold_tables(book, body, source)
    return replace(book, table=_parted(book.table, sizes), raw=_parted(book.raw, sizes))


def _hold(files: Iterable[tuple[Path, str]]) -> None:
    """Hold files against their hashes, all at once."""
    there = [(path, was, path.is_file()) for path, was in files]
    lost = [Where(str(path)) for path, *_, found in there if not found]
    if lost:
        message = "this run keeps no data, as its policy says, and the data are not here"
        fix = "run the command in the folder in which the run was made; verify, explain and audit take --data FILE"
        raise UsageError([Finding("KR513", message, where, fix) for where in lost])
    changed = [Where(str(path)) for path, was, _ in there if sha256(path) != was]
    if changed:
        raise IntegrityError([_changed(where) for where in changed])


def _changed(where: Where) -> Finding:
    message = "this is not what the run was decided from: it has changed since, and the run keeps no copy"
    return Finding("KR514", message, where, "take the file of that day from where the data are kept, or run again")


def _hold_tables(book: Book, body: Mapping[str, Any], source: AccountsSource) -> None:
    """Hold what was read against what was read then: rows of a query, and files that another version may read otherwise."""
    now = hashes(book)
    changed = [name for name, was in body["withheld"].items() if now.get(name) != was]
    if changed:
        told = f"{source.shown}: {', '.join(changed)}"
        raise IntegrityError(_changed(Where(told)))


def _parted(table: Parts, sizes: tuple[int, ...]) -> Parts:
    """Return a table in parts of these sizes."""
    if table.sizes == sizes:
        return table
    return Parts(tuple(_slices(table.frame(), sizes)), sizes)


def _slices(table: pl.DataFrame, sizes: tuple[int, ...]) -> Iterator[pl.DataFrame]:
    start = 0
    for size in sizes:
        yield table.slice(start, size)
        start += size
