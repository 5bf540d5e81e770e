"""How one amount becomes another: levels stand on the ground, steps hang between them.

Columns: label, amount (of a step: what it adds or takes), kind (level or step).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_rules.formats._pictures._paper import COLOURS, INK, SOFT, axis, money, place, short
from kam_rules.model.report import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEAR = 0.7
"""Where the smallest level is more than this share of the largest, the axis begins above 0, and says so."""


def size(table: Table) -> tuple[float, float]:
    """Return width and height in inches."""
    return max(6.0, 1.0 * len(table.rows)), 3.4


def draw(table: Table, figure: Figure, minor: int) -> None:  # noqa: ARG001 - the Protocol
    """Draw the levels and steps from left to right."""
    axes, now = figure.add_subplot(), 0.0
    tops: list[float] = []
    for i, (_, cell, kind) in enumerate(table.rows):
        amount = place(cell)
        below, above = (0.0, amount) if kind == "level" else (min(now, now + amount), max(now, now + amount))
        falls = kind != "level" and amount < 0
        colour = SOFT if kind == "level" else COLOURS[1] if falls else COLOURS[0]
        axes.bar(i, above - below, bottom=below, color=colour, width=0.62, hatch="///" if falls else "", edgecolor="white")
        sign = "+" if kind != "level" and amount > 0 else ""
        axes.annotate(f"{sign}{money(amount)}", (i, above), (0, 3), textcoords="offset points", ha="center", color=INK)
        before, now = now, amount if kind == "level" else now + amount
        if i:
            axes.plot([i - 0.69, i - 0.31], [before, before], color=SOFT, linewidth=0.8)
        tops += [now]
    low, high = min(tops), max(tops)
    begin = low - (high - low) * 0.5 if low > NEAR * high > 0 else min(0.0, low)
    axes.set_ylim(begin, high + (high - begin) * 0.12)
    axis(axes, table.columns[1], of="y")
    axes.set_ylabel(f"{table.columns[1].label}, axis from {money(begin)}" if begin > 0 else table.columns[1].label)
    axes.set_xticks(range(len(table.rows)), [short(row[0]).replace(" ", "\n") for row in table.rows])
