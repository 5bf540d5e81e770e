"""Two figures of each, and how far they lie apart.

Columns: label, one, other; the two in the same unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_rules.formats._pictures._paper import COLOURS, SOFT, axis, place, rows_high, short
from kam_rules.model.report import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def size(table: Table) -> tuple[float, float]:
    """Return width and height in inches."""
    return 6.0, rows_high(table.rows, 0.26)


def draw(table: Table, figure: Figure, minor: int) -> None:  # noqa: ARG001 - the Protocol
    """Draw a line between the two figures of each row."""
    axes = figure.add_subplot()
    places = range(len(table.rows))
    ones, others = ([place(row[i]) for row in table.rows] for i in (1, 2))
    axes.hlines(places, ones, others, color=SOFT, linewidth=1.2)
    axes.plot(ones, places, "o", color=COLOURS[0], label=table.columns[1].label)
    axes.plot(others, places, "s", color=COLOURS[1], label=table.columns[2].label, markersize=5)
    axes.set_yticks(places, [short(row[0]) for row in table.rows])
    axes.invert_yaxis()
    axis(axes, table.columns[1], of="x")
    axes.set_xlabel("")
    axes.grid(axis="x", color="#eeeeee")
    axes.set_axisbelow(True)
    figure.legend(loc="outside upper center", ncols=2)
