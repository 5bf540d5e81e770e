"""How a cell is written: for people with units and commas, for machines without."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kam_rules.model.amounts import percent, shown
from kam_rules.model.report import Cell, Unit

if TYPE_CHECKING:
    import polars as pl

RISKY = ("=", "+", "-", "@", "\t", "\r")


def for_people(cell: Cell, unit: Unit, minor: int) -> str:
    """Write a cell with its unit."""
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return cell
    value = Fraction(cell)
    if unit is Unit.MONEY:
        return shown(value, minor, least=minor)
    if unit is Unit.RATIO:
        return percent(value, 2)
    return shown(value, 2 if unit is Unit.SCORE else 6, least=2 if unit is Unit.SCORE else 0)


def for_machines(cell: Cell, minor: int) -> str:
    """Write a cell as plain text without units: exact decimals, true and false, nothing for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Fraction):
        return shown(cell, max(minor, 6), thousands=False)
    return str(cell)


def safe(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: one that starts like a formula gets a quote in front.

    A text of quotes before such a start gets one more, so that `plain` gives back what was there.

    Examples:
        >>> safe("=1+1"), safe("Acme"), plain(safe("'=1+1"))
        ("'=1+1", 'Acme', "'=1+1")
    """
    return f"'{text}" if text.lstrip("'").startswith(RISKY) else text


def plain(text: str) -> str:
    """Return the text that `safe` made safe."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(RISKY) else text


def guarded(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table in which every text is `safe`."""
    import polars as pl

    return table.with_columns(pl.when(risky).then("'" + word).otherwise(word).name.keep() for word, risky in _words(table))


def csv_of(table: pl.DataFrame) -> str:
    """Return a table as CSV in which no cell runs as a formula in a spreadsheet."""
    return guarded(table).write_csv()


def unguarded(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table with every text as it was before `guarded`."""
    import polars as pl

    quoted = ((word, risky & word.str.starts_with("'")) for word, risky in _words(table))
    return table.with_columns(pl.when(found).then(word.str.slice(1)).otherwise(word).name.keep() for word, found in quoted)


def _words(table: pl.DataFrame) -> list[tuple[pl.Expr, pl.Expr]]:
    """Return each column of texts, and where it would run but for quotes."""
    import polars as pl

    words = [pl.col(name) for name, kind in table.schema.items() if kind == pl.String]
    return [(word, word.str.strip_chars_start("'").str.slice(0, 1).is_in(RISKY)) for word in words]


def put_text(cell: Any, text: str) -> None:  # noqa: ANN401 - openpyxl's cells
    """Write a text into a cell of a workbook as text, whatever it starts with; a character that no workbook holds is shown as \ufffd."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value, cell.number_format = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text) or None, "@"
    if text:
        cell.data_type, cell.quotePrefix = "s", text.startswith(RISKY)
