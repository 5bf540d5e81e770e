"""Where each one lies between two measures, by group; the larger the mark, the more it brings.

Columns: label, across, up, group, size.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from kam_rules.formats._pictures._paper import COLOURS, INK, MARKERS, axis, place, short
from kam_rules.model.report import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SMALLEST, LARGEST = 8.0, 160.0
NAMED = 4
"""Marks that bear their label: the largest."""


def size(table: Table) -> tuple[float, float]:
    """Return width and height in inches."""
    return (6.0, 4.2) if table.rows else (6.0, 1.0)


def draw(table: Table, figure: Figure, minor: int) -> None:  # noqa: ARG001 - the Protocol
    """Draw a mark for each row that has both measures."""
    axes = figure.add_subplot()
    rows = [row for row in table.rows if not isnan(place(row[1])) and not isnan(place(row[2]))]
    most = max((place(row[4]) for row in rows), default=0.0) or 1.0
    groups = dict.fromkeys(str(row[3]) for row in table.rows)
    for i, group in enumerate(groups):
        own = [row for row in rows if str(row[3]) == group]
        sizes = [SMALLEST + LARGEST * max(0.0, place(row[4])) / most for row in own]
        across, up = ([place(row[n]) for row in own] for n in (1, 2))
        look = {"color": COLOURS[i % len(COLOURS)], "marker": MARKERS[i % len(MARKERS)], "linewidths": 0.4, "edgecolors": "white"}
        axes.scatter(across, up, s=sizes, alpha=0.8, label=short(group), **look)  # type: ignore[arg-type]
    for row in sorted(rows, key=lambda row: -place(row[4]))[:NAMED]:
        where = (place(row[1]), place(row[2]))
        axes.annotate(short(row[0]), where, (4, 4), textcoords="offset points", fontsize=7, color=INK)
    for n, of in ((1, "x"), (2, "y")):
        axis(axes, table.columns[n], of=of)
    axes.grid(color="#eeeeee")
    axes.set_axisbelow(True)
    figure.legend(loc="outside upper center", ncols=min(4, max(1, len(groups))), markerscale=0.8)
