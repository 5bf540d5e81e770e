"""Comma-separated text in UTF-8, with one header row. Quoted cells may hold commas, quotes and line breaks."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl

from kam_rules.model.book import Raw
from kam_rules.model.errors import DataError, Finding, Where


def read(path: Path, shown: str) -> Raw:
    """Return the rows of the file as text; see `Reader`."""
    text = _text(path, shown)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, None)
        if header is None or not any(cell.strip() for cell in header):
            raise DataError(Finding("KR403", "this file is empty", Where(shown), "the first row names the columns"))
        _check_header(header, shown)
        kept: list[list[str]] = []
        numbers: list[int] = []
        faults: list[tuple[int, str]] = []
        blank = 0
        for number, row in enumerate(rows, start=2):
            if not any(cell.strip() for cell in row):
                blank += 1
                continue
            if len(row) != len(header):
                faults.append((number, f"{len(row)} cells under {len(header)} columns"))
                row = (row + [""] * len(header))[: len(header)]  # noqa: PLW2901 - the row as far as it fits
            kept.append(row)
            numbers.append(number)
    except csv.Error as error:
        where = Where(shown, rows.line_num)
        fix = "a quote inside a cell is written twice; a cell with a comma stands in quotes"
        raise DataError(Finding("KR402", f"this line cannot be read: {error}", where, fix)) from None
    columns = {name: [row[i] for row in kept] for i, name in enumerate(header)}
    schema = dict.fromkeys(header, pl.String)
    return Raw(pl.DataFrame(columns, schema=schema).with_columns(pl.Series("row", numbers, pl.Int64)), tuple(faults), blank)


def _text(path: Path, shown: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot read this file: {(error.strerror or str(error)).lower()}"
        raise DataError(Finding("KR401", message, Where(shown), "check the path in the data file")) from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(Finding("KR402", "this file is UTF-16", Where(shown), "save it as CSV UTF-8"))
    nul = data.find(b"\0")
    if nul >= 0:
        line = data[:nul].count(b"\n") + 1
        raise DataError(Finding("KR402", "this line holds a NUL byte", Where(shown, line), "write the file again as CSV UTF-8"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        raise DataError(Finding("KR402", message, Where(shown, line), "save it as CSV UTF-8")) from None


def _check_header(header: list[str], shown: str) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        message = f"two columns share a name: {', '.join(repr(name) for name in twice)}"
        raise DataError(Finding("KR405", message, Where(shown, 1), "rename one of them"))
    if "row" in header:
        raise DataError(Finding("KR405", "a column is called 'row', the name for row numbers", Where(shown, 1), "rename it"))
