"""How places change from one measure to the next, the first place on top.

Columns: label, then one of places for each measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_rules.formats._pictures._paper import COLOURS, SOFT, place, rows_high, short
from kam_rules.model.report import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def size(table: Table) -> tuple[float, float]:
    """Return width and height in inches."""
    return 6.0, rows_high(table.rows, 0.24)


def draw(table: Table, figure: Figure, minor: int) -> None:  # noqa: ARG001 - the Protocol
    """Draw a line for each row: rising where the last place is better than the first."""
    axes = figure.add_subplot()
    steps = range(len(table.columns) - 1)
    for row in table.rows:
        values = [place(cell) for cell in row[1:]]
        better, worse = values[-1] < values[0], values[-1] > values[0]
        colour = COLOURS[0] if better else COLOURS[1] if worse else SOFT
        axes.plot(steps, values, color=colour, marker="o", markersize=4, linewidth=2.0 if better or worse else 1.0)
        axes.annotate(short(row[0]), (0, values[0]), (-8, 0), textcoords="offset points", ha="right", va="center", fontsize=8)
        axes.annotate(short(row[0]), (steps[-1], values[-1]), (8, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_xticks(steps, [column.label for column in table.columns[1:]])
    axes.set_xlim(-0.45, len(steps) - 0.55)
    axes.invert_yaxis()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
