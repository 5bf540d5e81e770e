"""Excel workbooks: values as Excel last worked them out; a number reads as its shortest decimal, a percent with its sign.

The sheet is the one named, or the first that holds a table. What merged cells show stands in every row that they cover.
"""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kam_rules.model.book import Layout, Raw
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.refusal import unreadable
from kam_rules.sources._csv_loose import PART, Rows
from kam_rules.sources._sniff import ROWS, header_row

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST = 2**28
"""Bytes of a workbook unpacked; a larger one is a Parquet file's work, or a trap."""
LEAST = 2
"""Columns and rows from which on cells are a table."""


def read(path: Path, shown: str, wanted: Collection[str], layout: Layout = Layout()) -> Iterator[Raw]:  # noqa: B008 - frozen
    """Return the rows of one sheet as text; see `Reader`.

    Raises:
        DataError: KR401 it cannot be opened, KR402 it is no workbook or too large, KR403 it holds no table, KR405, KR410.
    """
    sheet, hidden = _sheet(_opened(path, shown), shown, layout)
    table = _texts(sheet)
    at = layout.header - 1 if layout.header else header_row(table[:ROWS])
    if not any(map(any, table)) or at is None or at >= len(table):
        code, message = ("KR410", f"no row of sheet '{sheet.title}' names the columns") if any(map(any, table)) else ("KR403", "no table")
        raise DataError(Finding(code, f"{shown}: {message}", Where(shown), "say sheet: and header: in the data file"))
    above = tuple(" ".join(filter(None, row)) for row in table[:at] if any(row))
    told = [("kind", "Excel workbook"), ("sheet", sheet.title), ("header", f"row {at + 1}")]
    told += [("above the header", " / ".join(above))] if above else []
    found = Rows(shown, wanted, layout.key, (*told, *hidden))
    found.head(table[at], at + 1)
    _fill(table[at + 1 :], [i for i, name in enumerate(found.header) if name in layout.fill], found.at)
    for number, row in enumerate(islice(table, at + 1, None), start=at + 2):
        found.add(row[: max(len(found.header), _filled(row))], number)
        if found.full(PART) and number < len(table):
            yield found.part(len(table) - number)
    yield found.part(0)


def _opened(path: Path, shown: str) -> list[Worksheet]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            _weigh(sum(item.file_size for item in packed.infolist()), shown)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out: styles and extensions, which hold no values
            return list(load_workbook(path, data_only=True).worksheets)
    except OSError as error:
        raise unreadable(error, shown) from None
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged workbook fails in many ways, all of them the file's
        message = f"this is no workbook that can be read: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        raise DataError(Finding("KR402", message, Where(shown), "save it again as .xlsx")) from None


def _weigh(size: int, shown: str) -> None:
    """Refuse what would fill the memory before it is unpacked."""
    if size > LARGEST:
        message = f"this workbook holds {size:,} bytes unpacked, more than {LARGEST:,}"
        raise DataError(Finding("KR402", message, Where(shown), "save the sheet as CSV UTF-8 or Parquet"))


def _sheet(sheets: list[Worksheet], shown: str, layout: Layout) -> tuple[Worksheet, tuple[tuple[str, str], ...]]:
    """Return the sheet that is named, or the first that is shown and holds a table, and which others there are."""
    names = [sheet.title for sheet in sheets]
    if layout.sheet and layout.sheet not in names:
        message = f"{shown} has no sheet '{layout.sheet}'"
        raise DataError(Finding("KR404", message, Where(shown), did_you_mean(layout.sheet, names)))
    tables = [s for s in sheets if s.sheet_state == "visible" and s.max_column >= LEAST and s.max_row >= LEAST]
    chosen = next((s for s in sheets if s.title == layout.sheet), None) or next(iter(tables), None)
    if chosen is None:
        raise DataError(Finding("KR403", f"{shown} holds no table", Where(shown), "is it the right file?"))
    others = [name for name in names if name != chosen.title]
    return chosen, ((("sheets not read", ", ".join(others)),) if others else ())


def _texts(sheet: Worksheet) -> list[list[str]]:
    """Return all cells as text, merged ones filled with what they show."""
    table = [[_text(cell) for cell in row] for row in sheet.iter_rows()]
    for area in sheet.merged_cells.ranges:
        value = table[area.min_row - 1][area.min_col - 1]
        for row in range(area.min_row - 1, min(area.max_row, len(table))):
            if area.min_col == area.max_col:
                table[row][area.min_col - 1] = value
    return table


def _text(cell: Cell | Any) -> str:  # noqa: ANN401 - openpyxl has several kinds of cells
    """Write a cell as text: an error as nothing, a day as year-month-day, a share as the percent that it shows."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, int | float):
        return _number(value, percent="%" in (cell.number_format or ""))
    return str(value)


def _number(value: float, *, percent: bool) -> str:
    """Write a number as its shortest decimal; of a percent a hundred times that, in decimals and not in doubles."""
    from decimal import Decimal

    exact = Decimal(repr(value)) * (100 if percent else 1)
    plain = f"{exact:f}" if exact.is_finite() else str(exact)
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return f"{plain}%" if percent else plain


def _fill(rows: list[list[str]], columns: Iterable[int], key: int | None) -> None:
    """Fill blank cells from the cell above, in rows that have an id."""
    for column in columns:
        above = ""
        for row in rows:
            above = row[column] or above
            if key is None or row[key]:
                row[column] = above


def _filled(row: list[str]) -> int:
    """Return how many cells stand in a row, blank ones behind the last left out."""
    return max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0)
