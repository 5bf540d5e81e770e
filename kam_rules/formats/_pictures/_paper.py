"""The paper that every picture is drawn on: one look, readable in print and without colour, the same text each time."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

from kam_rules.formats._cells import for_people
from kam_rules.model.report import Cell, Column, Table, Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, LIGHT = "#1a1a1a", "#767676", "#d9d9d9"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#999999")
"""Told apart by people who see fewer colours; shapes and labels tell the same."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LONGEST = 24
"""Characters of a label; the table has the whole."""
THOUSANDS = (("bn", 10**9), ("m", 10**6), ("k", 10**3))
LOOK: Mapping[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "legend.frameon": False,
}


def paper(table: Table, size: tuple[float, float], draw: Callable[[Figure], None]) -> str:
    """Return what `draw` puts on an empty figure, as an SVG without a prolog, named for who cannot see it."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context({**LOOK, "svg.hashsalt": table.key}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's own fonts have what this one lacks
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r' width="[\d.]+pt" height="[\d.]+pt"', f' role="img" aria-label="{escape(table.title)}"', svg, count=1)
    own = re.sub(r"[^\w-]", "-", table.key)
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{own}-", svg).strip()


def short(text: object) -> str:
    """Return a label that fits, of characters that can be written."""
    whole = "".join(c if c.isprintable() else "?" for c in str(text))
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}…"


def place(cell: Cell) -> float:
    """Return where a figure stands; a missing one stands nowhere."""
    return float("nan") if cell is None or isinstance(cell, str) else float(cell)


def said(cell: Cell, column: Column, minor: int) -> str:
    """Write a figure beside its mark, large amounts in thousands or millions."""
    if column.unit is Unit.MONEY and cell is not None and not isinstance(cell, str):
        return money(float(cell))
    if column.unit is Unit.RATIO and cell is not None and not isinstance(cell, str):
        return f"{float(cell) * 100:.1f}%"
    return for_people(cell, column.unit, minor)


def money(value: float) -> str:
    """Write an amount as a person says it: 5.37m."""
    for word, size in THOUSANDS:
        if abs(value) >= size:
            return f"{value / size:.3g}{word}" if abs(value) < 1000 * size else f"{value / size:,.0f}{word}"
    return f"{value:,.0f}"


def axis(axes: Axes, column: Column, *, of: str) -> None:
    """Write the ticks of an axis in the column's unit, and its label."""
    from matplotlib.ticker import FuncFormatter

    line = axes.xaxis if of == "x" else axes.yaxis
    line.set_label_text(column.label)
    if column.unit is Unit.MONEY:
        line.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    if column.unit is Unit.RATIO:
        line.set_major_formatter(FuncFormatter(lambda value, _: f"{value * 100:g}%"))


def rows_high(rows: Sequence[object], each: float = 0.3, more: float = 0.9) -> float:
    """Return the height of a picture with a line for each row."""
    return more + each * max(2, len(rows))
