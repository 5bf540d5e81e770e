"""The sheets as a workbook: every cell is text, so that nothing is converted on the way."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kam_rules.formats._cells import put_text
from kam_rules.model.amounts import decimals, percent, shown
from kam_rules.model.document import Mapping
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.text import tidy
from kam_rules.pipeline.sheets.tables import SHEETS, Sheet

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ABOUT = "about"
WIDEST, NARROWEST = 60, 9
Cells = list[tuple[int, dict[str, str]]]
"""The rows of a sheet: its number in the workbook, and its cells by column."""


def export(document: Mapping, name: str, sha256: str) -> bytes:
    """Return a policy's lists as a workbook.

    Args:
        document: the policy as written.
        name: the policy's file, as the first sheet names it.
        sha256: of the policy's bytes; an import into another text is refused.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    first = book.create_sheet(ABOUT)
    told = [
        ("policy", name),
        ("sha256", sha256),
        ("how", "Change cells, add rows, remove rows. Leave the columns and the order of the rows as they are."),
        ("then", f"kam-rules sheet import {name} FILE.xlsx shows what would change; with --write it changes the policy."),
        *((sheet.name, sheet.about) for sheet in SHEETS),
    ]
    _write(first, told)
    for sheet in SHEETS:
        rows = [[row.cells[column] for column in sheet.columns] for row in sheet.rows(document)]
        _write(book.create_sheet(sheet.name), [sheet.columns, *rows])
    out = io.BytesIO()
    book.properties.creator = "kam-rules"
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, rows: Iterable[Iterable[str]]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for i, row in enumerate(rows, start=1):
        for j, text in enumerate(row, start=1):
            cell = sheet.cell(row=i, column=j)
            put_text(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=i == 1 and sheet.title != ABOUT)
    for j, column in enumerate(sheet.columns, start=1):
        longest = max((len(str(cell.value or "")) for cell in column), default=0)
        sheet.column_dimensions[get_column_letter(j)].width = min(max(longest + 2, NARROWEST), WIDEST)
    if sheet.title != ABOUT:
        sheet.freeze_panes = "B2"


def read(path: Path) -> tuple[str, dict[str, Cells]]:
    """Return the SHA-256 of the policy that a workbook was made of, and the rows of each of its sheets.

    Raises:
        UsageError: KR861 it is no such workbook, or a cell or a sheet holds what a policy cannot.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path)
    except (OSError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no workbook of the kind .xlsx"
        raise UsageError(Finding("KR861", f"cannot read this file: {reason.lower()}", Where(str(path)), "name an .xlsx file")) from None
    known = {ABOUT, *(sheet.name for sheet in SHEETS)}
    findings = [
        Finding("KR861", f"there is no sheet '{name}'", Where(str(path)), "export the policy again")
        for name in sorted(known - set(book.sheetnames))
    ]
    findings += [
        Finding("KR861", f"the sheet '{name}' holds nothing of a policy", Where(f"{path}[{name}]"), "remove the sheet")
        for name in book.sheetnames
        if name not in known
    ]
    found = {sheet.name: _rows(book[sheet.name], sheet, path, findings) for sheet in SHEETS if sheet.name in book.sheetnames}
    if findings:
        raise UsageError(findings)
    told = {str(row[0].value): str(row[1].value) for row in book[ABOUT].iter_rows(max_col=2)}
    return told.get("sha256", ""), found


def _rows(sheet: Worksheet, told: Sheet, path: Path, findings: list[Finding]) -> Cells:
    rows = list(sheet.iter_rows())
    header = [str(cell.value or "") for cell in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    if tuple(header) != told.columns:
        message = f"the columns are {', '.join(header) or 'none'}, not {', '.join(told.columns)}"
        findings.append(Finding("KR861", message, Where(f"{path}[{told.name}]"), "put the columns back in their order"))
        return []
    found: Cells = []
    for number, row in enumerate(rows[1:], start=2):
        cells: dict[str, str] = {}
        for i, cell in enumerate(row):
            text, fault = _text(cell)
            place = Where(f"{path}[{told.name}!{cell.coordinate}]")
            if fault or (text and i >= len(told.columns)):
                message, fix = fault or (f"'{text}' stands beside the table", "remove it")
                findings.append(Finding("KR861", message, place, fix))
            elif i < len(told.columns):
                cells[told.columns[i]] = text
        if any(cells.values()):
            found.append((number, cells))
    return found


def _text(cell: Any) -> tuple[str, tuple[str, str] | None]:  # noqa: ANN401 - openpyxl's cells
    """Return a cell as text, or what is wrong with it; a spreadsheet's own number is its shortest decimal."""
    value = cell.value
    if value is None:
        return "", None
    if cell.data_type == "f":
        return "", ("a formula is no figure of a policy", "paste its value")
    if cell.data_type == "e":
        return "", (f"'{value}' is an error of the spreadsheet", "write the value")
    if isinstance(value, bool):
        return "true" if value else "false", None
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return "", ("the spreadsheet made a date of this", "format the cell as text, and write the value again")
    if isinstance(value, int | float):
        exact = Fraction(repr(value))
        return (percent(exact, 12) if "%" in cell.number_format else shown(exact, min(decimals(exact), 12), thousands=False)), None
    text = " ".join(tidy(str(value)).split())
    return text, None
