"""How many went from where to where.

Columns: from, then one of counts for each to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_rules.formats._pictures._paper import INK, place, short
from kam_rules.model.report import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DARK = 0.6
"""The share of the largest count from which a cell is dark and its figure light."""


def size(table: Table) -> tuple[float, float]:
    """Return width and height in inches."""
    return 1.6 + 0.85 * (len(table.columns) - 1), 1.0 + 0.42 * len(table.rows)


def draw(table: Table, figure: Figure, minor: int) -> None:  # noqa: ARG001 - the Protocol
    """Draw a cell for each pair, the darker the more."""
    axes = figure.add_subplot()
    counts = [[place(cell) for cell in row[1:]] for row in table.rows]
    most = max((value for row in counts for value in row), default=0.0) or 1.0
    axes.pcolormesh(counts, cmap="Blues", vmin=0, vmax=most, edgecolors="white")
    axes.invert_yaxis()
    for y, row in enumerate(counts):
        for x, value in enumerate(row):
            colour = "white" if value > DARK * most else INK
            axes.text(x + 0.5, y + 0.5, f"{value:,.0f}" if value else "·", ha="center", va="center", color=colour)
    axes.set_xticks([x + 0.5 for x in range(len(table.columns) - 1)], [short(column.label) for column in table.columns[1:]])
    axes.set_yticks([y + 0.5 for y in range(len(table.rows))], [short(row[0]) for row in table.rows])
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.spines[:].set_visible(False)
    axes.set_ylabel(table.columns[0].label)
