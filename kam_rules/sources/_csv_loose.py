"""Delimited text as exports write it: another encoding or separator, lines above the header, blank columns behind the last."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import polars as pl

from kam_rules.model.book import Layout, Raw, Why
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.sources._aside import beside, why_aside
from kam_rules.sources._sniff import Lie

PART = 2**16
"""Rows that are read at a time."""
LONGEST = 2**24
"""Letters of the longest line."""


def read(path: Path, shown: str, wanted: Collection[str], layout: Layout, lie: Lie) -> Iterator[Raw]:
    """Return the rows of a file that lies as `lie` says; see `Reader`."""
    size = path.stat().st_size
    with path.open("rb") as raw, TextIOWrapper(raw, encoding=lie.encoding, newline="") as file:
        rows = csv.reader(_lines(file, shown, lie), delimiter=lie.separator, strict=True)
        if lie.marked:
            next(rows, None)
        found = Rows(shown, wanted, layout.key, lie.told())
        try:
            for number, row in enumerate(rows, start=1):
                if number == lie.header:
                    found.head(row, number)
                elif number > lie.header:
                    found.add(row, number)
                if found.full(PART):
                    done = raw.tell()
                    yield found.part(max(number * (size - done) // done, 1))
        except csv.Error as error:
            fix = "a quote inside a cell is written twice; a cell with the separator in it stands in quotes"
            where = Where(shown, rows.line_num + lie.marked)
            raise DataError(Finding("KR402", f"this line cannot be read: {error}", where, fix)) from None
        if not found.header:
            found.nameless(lie.header)
        yield found.part(0)


def _lines(file: TextIO, shown: str, lie: Lie) -> Iterator[str]:
    """Return line after line; one without an end, or with a byte that its encoding does not know, is refused."""
    number = 0
    while True:
        number += 1
        try:
            line = file.readline(LONGEST)
        except UnicodeError as error:
            message = f"from about this line on this is not {lie.encoding.upper()}: {error}"
            raise DataError(Finding("KR402", message, Where(shown, number), "write the file again as CSV UTF-8")) from None
        if not line:
            return
        if len(line) == LONGEST or "\0" in line:
            message = "this line holds a NUL byte" if "\0" in line else f"this line is longer than {LONGEST:,} letters"
            raise DataError(Finding("KR402", message, Where(shown, number), "write the file again; is a quote never closed?"))
        yield line.removeprefix("\ufeff") if number == 1 else line


@dataclass
class Rows:
    """Rows of text on their way to parts: kept, set aside with why, or at fault; none is passed over."""

    shown: str
    wanted: Collection[str]
    key: str
    told: tuple[tuple[str, str], ...]
    header: list[str] = field(default_factory=list)
    kept: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    aside: list[tuple[int, Why, dict[str, str]]] = field(default_factory=list)
    at: int | None = None

    def head(self, row: list[str], number: int) -> None:
        """Take the row that names the columns; blank columns behind the last are none.

        Raises:
            DataError: KR405 two columns share a name.
        """
        names = [" ".join(name.split()) for name in row]
        while names and not names[-1]:
            names.pop()
        twice = sorted({name for name in names if names.count(name) > 1 and name})
        if twice or "row" in names:
            message = f"two columns share a name: {', '.join(map(repr, twice))}" if twice else "a column is called 'row'"
            raise DataError(Finding("KR405", message, Where(self.shown, number), "rename one of them"))
        if not names:
            self.nameless(number)
        self.header = names
        self.at = names.index(self.key) if self.key in names else None

    def nameless(self, number: int) -> None:
        """Refuse a file without a header.

        Raises:
            DataError: KR410.
        """
        fix = "name the columns in the first row, or say header: with its row"
        raise DataError(Finding("KR410", f"row {number} of {self.shown} names no column", Where(self.shown, number), fix))

    def add(self, row: list[str], number: int) -> None:
        """Take one row under the header."""
        width = len(self.header)
        why = why_aside(row, width, self.at)
        if why is not None:
            names = [name or f"column {i + 1}" for i, name in enumerate(self.header)]
            cells = dict(zip(names, row, strict=False)) if why is not Why.BLANK else {}
            self.aside.append((number, why, cells))
            return
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            self.faults.append((number, f"{len(row)} cells under {width} columns"))
        self.kept.append((row + [""] * width)[:width])
        self.numbers.append(number)

    def full(self, rows: int) -> bool:
        """Tell whether so many rows are held."""
        return len(self.kept) + len(self.aside) >= rows

    def part(self, left: int) -> Raw:
        """Return what is held, and start anew."""
        names = [name for name in self.header if name in self.wanted]
        columns = {name: [row[i] for row in self.kept] for i, name in enumerate(self.header) if name in names}
        table = pl.DataFrame({"row": self.numbers, **columns}, schema={"row": pl.Int64, **dict.fromkeys(columns, pl.String)})
        all_ = tuple(name for name in self.header if name)
        found = Raw(table, tuple(self.faults), beside(self.aside, names), all_, left, self.told)
        self.kept, self.numbers, self.faults, self.aside, self.told = [], [], [], [], ()
        return found
