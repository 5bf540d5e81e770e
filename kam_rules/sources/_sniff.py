"""How a text file lies: its encoding, its separator, the row of its header. What is found is said; what is mixed is refused."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kam_rules.model.book import Layout
from kam_rules.model.errors import DataError, Finding, Where

HEAD = 2**18
"""Bytes at the start of a file that show how it lies."""
LARGE = 2**20
BLOCK = 2**24
ROWS = 200
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WINDOWS = "cp1252"
FIGURE = re.compile(r"(?!(?:19|20)\d\d$)[$€£(+-]*\s*\d[\d.,' \u00a0/:-]*\s*[%€)-]*")
MOST_BLANK = 3
"""Of so many cells of a header one may be blank."""


@dataclass(frozen=True, slots=True)
class Lie:
    """How a text file lies; `above` are the lines over the header, `marked` that its first line says ``sep=``."""

    encoding: str
    separator: str
    header: int
    above: tuple[str, ...] = ()
    marked: bool = False
    plain: bool = False

    def told(self) -> tuple[tuple[str, str], ...]:
        """Return what was found, for people."""
        pairs = [("encoding", self.encoding.upper()), ("separator", SEPARATORS.get(self.separator, repr(self.separator)))]
        pairs.append(("header", f"row {self.header}"))
        return (*pairs, *((("above the header", " / ".join(self.above)),) if self.above else ()))


def sniff(path: Path, shown: str, layout: Layout) -> Lie | None:
    """Return how a file lies; None where it holds no text at all.

    Raises:
        OSError: it cannot be opened.
        DataError: KR402 it is not text, KR409 its encoding changes on the way, KR410 it has no header.
    """
    encoding = layout.encoding or _encoding(path, shown)
    with path.open("rb") as file:
        head = file.read(HEAD)
    try:
        text = _decoded(head, encoding)
    except LookupError:
        message = f"there is no encoding '{encoding}'"
        raise DataError(Finding("KR402", message, Where(shown), "write utf-8, cp1252 or utf-16")) from None
    marked = re.match(r"\ufeff?\"?sep=(.)\"?\r?\n", text)
    text = text[marked.end() :] if marked else text
    if not text.strip("\ufeff \r\n\t,;|"):
        return None
    separator = layout.separator or (marked[1] if marked else _separator(text))
    rows = _rows(text, separator)
    at = layout.header - 1 if layout.header else header_row(rows)
    if at is None:
        fix = "write a first row that names the columns, or say header: with its row"
        raise DataError(Finding("KR410", f"no row of {shown} names the columns", Where(shown, 1), fix))
    names = rows[at] if at < len(rows) else []
    tidy = bool(names) and names[-1].strip() != ""
    plain = encoding in {"utf-8", "utf-8-sig"} and separator == "," and not at and not marked and tidy
    above = tuple(" ".join(cell.strip() for cell in row if cell.strip()) for row in rows[:at] if any(map(str.strip, row)))
    return Lie(encoding, separator, at + 1, above, bool(marked), plain)


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Return which row names the columns: the first that fills most of the table's width with words; None where none does."""
    widths = Counter(sum(bool(cell.strip()) for cell in row) for row in rows)
    widths.pop(0, None)
    if not widths:
        return 0
    often = max(sum(widths.values()) // 10, 2)
    width = max([width for width, count in widths.items() if count >= often] or widths)
    for number, row in enumerate(rows):
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(filled) * MOST_BLANK < width * (MOST_BLANK - 1) or len(filled) < width <= MOST_BLANK:
            continue
        figures = sum(bool(FIGURE.fullmatch(cell)) for cell in filled)
        return number if figures * 3 < len(filled) else None
    return 0


def _rows(text: str, separator: str) -> list[list[str]]:
    """Return the first rows, as far as they can be read; the last may be cut and is left out where there are others."""
    found: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            found.append(row)
            if len(found) > ROWS:
                break
    except csv.Error:
        pass
    return found[:-1] if len(found) > ROWS else found


def _separator(text: str) -> str:
    """Return the separator by which most rows have the same number of cells, the more cells the better; a comma in doubt."""

    def score(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _rows(text, separator) if len(row) > 1)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return count, width

    return max(SEPARATORS, key=score)


def _decoded(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)("replace").decode(head).removeprefix("\ufeff")


def _encoding(path: Path, shown: str) -> str:
    """Return the encoding of a whole file: by its mark, else UTF-8 where all of it is, else Windows-1252."""
    with path.open("rb") as file:
        head = file.read(4)
        for mark, name in MARKS:
            if head.startswith(mark):
                return name
        if len(head) == 4 and 0 in head and (head[1] == head[3] == 0 or head[0] == head[2] == 0):  # noqa: PLR2004 - two letters
            return "utf-16-le" if head[1] == 0 else "utf-16-be"
        file.seek(0)
        return _by_bytes(file, shown)


def _by_bytes(file: io.BufferedReader, shown: str) -> str:
    line, odd, good = 0, 0, 0
    while block := file.read(BLOCK):
        block += b"" if block.endswith(b"\n") else file.readline(BLOCK)
        if not block.isascii():
            bad, fine = _lines(block)
            odd, good = odd or (line + bad if bad else 0), good or (line + fine if fine else 0)
        if odd and good:
            message = f"line {good} is UTF-8 and line {odd} is Windows-1252: two encodings in one file"
            raise DataError(Finding("KR409", message, Where(shown, odd), "write the file again in one encoding, or say encoding:"))
        line += count(block, b"\n")
    return WINDOWS if odd else "utf-8"


def count(block: bytes, sign: bytes) -> int:
    """Count one sign in a block; of a large one eight times as fast as bytes themselves do."""
    if len(block) < LARGE:
        return block.count(sign)
    import numpy as np

    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == sign[0]))


def _lines(block: bytes) -> tuple[int, int]:
    """Return the first line that is not UTF-8, and the first beyond ASCII that is; from 1, 0 where there is none."""
    try:
        block.decode()
    except UnicodeDecodeError:
        pass
    else:
        return 0, next(i for i, text in enumerate(block.split(b"\n"), 1) if not text.isascii())
    bad = good = 0
    for number, text in enumerate(block.split(b"\n"), start=1):
        if text.isascii() or (bad and good):
            continue
        try:
            text.decode()
            good = good or number
        except UnicodeDecodeError:
            bad = bad or number
    return bad, good
