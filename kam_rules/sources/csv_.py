"""Delimited text. Quoted cells may hold commas, quotes and line breaks.

What is comma-separated UTF-8 with its header in the first row is read in columns, any other row by row.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from kam_rules.model.book import Layout, Raw, Why
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.model.refusal import unreadable
from kam_rules.sources import _csv_loose
from kam_rules.sources._aside import TOTAL, beside, blank_rows, height, why_aside
from kam_rules.sources._sniff import Lie, count, sniff

BLOCK = 2**25
"""Bytes that are read at a time; a part ends where a row does."""
BOM = b"\xef\xbb\xbf"
SUMS = ["total", "sum", "gesamt", "somme"]
"""One of these stands in every row that adds up others; they are found faster than the whole expression."""
LONGEST = 2**26
"""Bytes of the longest row."""


def read(path: Path, shown: str, wanted: Collection[str], layout: Layout = Layout()) -> Iterator[Raw]:  # noqa: B008 - frozen
    """Return the rows of the file as text, part by part; see `Reader`."""
    try:
        lie = sniff(path, shown, layout)
        if lie is None:
            raise _empty(shown)
        if not lie.plain:
            yield from _csv_loose.read(path, shown, wanted, layout, lie)
            return
        with path.open("rb") as file:
            yield from _Csv(shown, wanted, os.fstat(file.fileno()).st_size, lie, layout.key).parts(file)
    except OSError as error:
        raise unreadable(error, shown) from None


@dataclass
class _Csv:
    """One file on its way: the header once it is known, and how many lines and rows have been read."""

    shown: str
    wanted: Collection[str]
    size: int
    lie: Lie
    key: str
    header: list[str] = field(default_factory=list)
    lines: int = 0
    rows: int = 0

    def parts(self, file: BinaryIO) -> Iterator[Raw]:
        done, raw = 0, None
        for block in _blocks(file, self.shown):
            done += len(block)
            raw = (self._plain(block) if self.header else None) or self._any(self._text(block))
            self.rows += raw.table.height + height(raw.aside)
            self.lines += count(block, b"\n")
            if self.rows or done >= self.size:
                left = max(self.rows * (self.size - done) // done, 1) if done < self.size else 0
                yield Raw(raw.table, raw.faults, raw.aside, tuple(self.header), left, self.lie.told())
        if raw is None:
            raise _empty(self.shown)

    def _text(self, block: bytes) -> str:
        nul = block.find(b"\0")
        if nul >= 0:
            where = Where(self.shown, self.lines + block[:nul].count(b"\n") + 1)
            raise DataError(Finding("KR402", "this line holds a NUL byte", where, "write the file again as CSV UTF-8"))
        try:
            return block.removeprefix(BOM if not self.lines else b"").decode()
        except UnicodeDecodeError as error:
            at = len(block) - len(error.object) + error.start
            where = Where(self.shown, self.lines + block[:at].count(b"\n") + 1)
            raise DataError(Finding("KR402", f"byte 0x{block[at]:02X} is not UTF-8", where, "save it as CSV UTF-8")) from None

    def _plain(self, block: bytes) -> Raw | None:
        """Read a block without quotes and with nothing out of the ordinary as columns; None where it is not such a block."""
        width, returns = len(self.header), b"\r" in block
        if (
            width == 1
            or b"\0" in block
            or b'"' in block
            or (returns and block.count(b"\r") != block.count(b"\r\n"))
            or b"\n\n" in block
            or (returns and b"\n\r" in block)
            or block[:1] in b"\r\n"
        ):
            return None
        block = block.replace(b"\r\n", b"\n") if returns else block
        schema = dict.fromkeys(self.header, pl.String)
        try:
            table = pl.read_csv(block, has_header=False, schema=schema, quote_char=None)
        except pl.exceptions.PolarsError:
            return None
        if count(block, b",") != table.height * (width - 1):
            return None
        if table.select(self._may_sum()).item() and table.select(self._sums()).item():
            return None
        numbered = table.with_row_index("row", offset=self.rows + 2).with_columns(pl.col("row").cast(pl.Int64))
        blank = numbered.filter(_blank(self.header[0])).filter(pl.all_horizontal(map(_blank, self.header)))["row"]
        kept = numbered.select("row", *self._kept())
        return Raw(kept.filter(~pl.col("row").is_in(blank.implode())) if len(blank) else kept, (), blank_rows(blank))

    def _asked(self) -> list[pl.Expr]:
        return [pl.col(name) for name in sorted({self.header[0], *({self.key} & {*self.header})})]

    def _may_sum(self) -> pl.Expr:
        return pl.any_horizontal(one.str.contains_any(SUMS, ascii_case_insensitive=True).any() for one in self._asked())

    def _sums(self) -> pl.Expr:
        """Tell whether some row may add up others; such rows are looked at one by one."""
        return pl.any_horizontal(one.str.contains(TOTAL).any() for one in self._asked())

    def _kept(self) -> list[str]:
        return [name for name in self.header if name in self.wanted]

    def _any(self, text: str) -> Raw:
        """Read a block row by row."""
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        kept: list[list[str]] = []
        numbers: list[int] = []
        faults: list[tuple[int, str]] = []
        aside: list[tuple[int, Why, dict[str, str]]] = []
        try:
            if not self.header:
                self.header = next(rows, [])
                self._check_header()
            at = self.header.index(self.key) if self.key in self.header else None
            for number, row in enumerate(rows, start=self.rows + 2):
                why = why_aside(row, len(self.header), at)
                if why is not None:
                    aside.append((number, why, {} if why is Why.BLANK else dict(zip(self.header, row, strict=False))))
                    continue
                if len(row) != len(self.header):
                    faults.append((number, f"{len(row)} cells under {len(self.header)} columns"))
                    row = (row + [""] * len(self.header))[: len(self.header)]  # noqa: PLW2901 - the row as far as it fits
                kept.append(row)
                numbers.append(number)
        except csv.Error as error:
            fix = "a quote inside a cell is written twice; a cell with a comma stands in quotes"
            where = Where(self.shown, self.lines + rows.line_num)
            raise DataError(Finding("KR402", f"this line cannot be read: {error}", where, fix)) from None
        names = set(self._kept())
        columns = {name: [row[i] for row in kept] for i, name in enumerate(self.header) if name in names}
        table = pl.DataFrame({"row": numbers, **columns}, schema={"row": pl.Int64, **dict.fromkeys(columns, pl.String)})
        return Raw(table, tuple(faults), beside(aside, self._kept()))

    def _check_header(self) -> None:
        if not any(cell.strip() for cell in self.header):
            raise _empty(self.shown)
        twice = sorted({name for name in self.header if self.header.count(name) > 1})
        if twice:
            message = f"two columns share a name: {', '.join(repr(name) for name in twice)}"
            raise DataError(Finding("KR405", message, Where(self.shown, 1), "rename one of them"))
        if "row" in self.header:
            message = "a column is called 'row', the name for row numbers"
            raise DataError(Finding("KR405", message, Where(self.shown, 1), "rename it"))


def _empty(shown: str) -> DataError:
    return DataError(Finding("KR403", "this file is empty", Where(shown), "the first row names the columns"))


def _blank(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.strip_chars() == ""


def _blocks(file: BinaryIO, shown: str) -> Iterator[bytes]:
    """Cut a file into blocks at line breaks outside quotes; the header is a block of its own."""
    held, newline, done = b"", b"", 0
    while chunk := file.read(BLOCK):
        held += chunk
        newline = newline or (b"\n" if b"\n" in held else b"\r")
        first = _end(held, newline, last=False) if file.tell() == len(held) else 0
        end = _end(held, newline, last=True)
        for block in (held[:first], held[first:end]):
            if block:
                yield block
        done += max(end, first)
        held = held[max(end, first) :]
        if len(held) > LONGEST:
            message = f"the row that starts here is longer than {LONGEST:,} bytes"
            raise DataError(Finding("KR402", message, Where(shown, _line(file, done)), "write the file again; is a quote never closed?"))
    if held:
        yield held


def _line(file: BinaryIO, offset: int) -> int:
    """Return the line in which a byte of the file stands."""
    file.seek(0)
    line = 1
    while offset > 0 and (block := file.read(min(BLOCK, offset))):
        line, offset = line + block.count(b"\n"), offset - len(block)
    return line


def _end(held: bytes, newline: bytes, *, last: bool) -> int:
    """Return where the first, or the last, row ends that is whole; 0 where none is."""
    if not last:
        end = held.find(newline) + 1
        while end and held.count(b'"', 0, end) % 2:
            end = held.find(newline, end) + 1
        return end
    end, quotes = held.rfind(newline) + 1, held.count(b'"')
    quotes -= held.count(b'"', end)
    while end and quotes % 2:
        before = held.rfind(newline, 0, end - 1) + 1
        quotes -= held.count(b'"', before, end)
        end = before
    return end
