"""Pictures: one a file, named for the word under `drawn` of a table. Each draws a table's figures and knows no decision.

A figure becomes a position on paper, as near as paper allows; the table beside it stays exact.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from kam_rules.formats._pictures._paper import paper
from kam_rules.model.catalogue import words_of
from kam_rules.model.report import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Picture(Protocol):
    """Draws a table."""

    def size(self, table: Table) -> tuple[float, float]:
        """Return width and height in inches."""

    def draw(self, table: Table, figure: Figure, minor: int) -> None:
        """Draw the table; its columns are those that the file names."""


def pictures() -> tuple[str, ...]:
    """Return all pictures."""
    return words_of(__path__)


def picture(table: Table, minor: int) -> str:
    """Return a table as an SVG that stands in a page: the same figures give the same text."""
    found: Picture = import_module(f"{__name__}.{table.drawn}")
    return paper(table, found.size(table), lambda figure: found.draw(table, figure, minor))
