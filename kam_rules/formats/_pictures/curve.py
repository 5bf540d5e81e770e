"""How sums grow from the first to the last.

Columns: label, across, then one a curve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_rules.formats._pictures._paper import COLOURS, SOFT, axis, place
from kam_rules.model.report import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DASHES = ("-", "--", ":", "-.")


def size(table: Table) -> tuple[float, float]:
    """Return width and height in inches."""
    return (6.0, 3.6) if table.rows else (6.0, 1.0)


def draw(table: Table, figure: Figure, minor: int) -> None:  # noqa: ARG001 - the Protocol
    """Draw a line for each column after the second."""
    axes = figure.add_subplot()
    across = [place(row[1]) for row in table.rows]
    for i, column in enumerate(table.columns[2:]):
        values = [place(row[i + 2]) for row in table.rows]
        axes.plot(across, values, DASHES[i % len(DASHES)], color=COLOURS[i % len(COLOURS)], label=column.label, linewidth=1.8)
    for level in (0.8, 1.0):
        axes.axhline(level, color=SOFT, linewidth=0.6, linestyle=":")
    axis(axes, table.columns[1], of="x")
    axis(axes, table.columns[2], of="y")
    axes.set_ylabel("Together")
    axes.set_xlim(0, 1)
    figure.legend(loc="outside upper center", ncols=2)
