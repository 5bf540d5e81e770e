"""How a cell is written: for people with units and commas, for machines without."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.amounts import percent, shown
from kam_rules.model.report import Cell, Unit

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

    Examples:
        >>> safe("=1+1"), safe("Acme")
        ("'=1+1", 'Acme')
    """
    return f"'{text}" if text.startswith(RISKY) else text
