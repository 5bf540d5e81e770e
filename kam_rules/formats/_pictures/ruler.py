"""A scale with its sections, and where each one stands on it.

Columns: of, section, from (nothing: without end), to (nothing: without end), at (where it stands), holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_rules.formats._pictures._paper import COLOURS, INK, LIGHT, axis, place, rows_high, said, short
from kam_rules.model.report import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BEYOND = 0.25
"""How far the paper goes on beyond the last edge, as a share of what lies between the edges."""


def size(table: Table) -> tuple[float, float]:
    """Return width and height in inches."""
    return 7.0, rows_high(dict.fromkeys(row[0] for row in table.rows), 0.55, 0.8)  # type: ignore[arg-type]


def draw(table: Table, figure: Figure, minor: int) -> None:
    """Draw a ruler for each."""
    axes = figure.add_subplot()
    names = list(dict.fromkeys(str(row[0]) for row in table.rows))
    edges = [place(cell) for row in table.rows for cell in row[2:5] if cell is not None]
    span = (max(edges) - min(edges)) or 1.0
    left, right = min(edges) - BEYOND * span, max(edges) + BEYOND * span
    for of, section, low, high, at, holds in table.rows:
        y = names.index(str(of))
        start, end = left if low is None else place(low), right if high is None else place(high)
        axes.barh(y, end - start, left=start, height=0.5, color=COLOURS[5] if holds else LIGHT, edgecolor="white", linewidth=1.5)
        if end - start > 0.06 * (right - left):
            axes.text((start + end) / 2, y, short(section), ha="center", va="center", fontsize=7, color=INK)
        if holds:
            where = (place(at), y - 0.36)
            axes.plot(*where, marker="v", color=INK, markersize=6, clip_on=False)
            axes.annotate(said(at, table.columns[4], minor), where, (0, 6), textcoords="offset points", ha="center", fontsize=8)
    axes.set_xlim(left, right)
    axes.set_ylim(len(names) - 0.5, -0.85)
    axes.set_yticks(range(len(names)), [short(name) for name in names])
    axis(axes, table.columns[4], of="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
