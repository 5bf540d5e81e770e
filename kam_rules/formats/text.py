"""Plain text for a terminal, in columns."""

from __future__ import annotations

import io
from typing import Literal

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid

from kam_rules.formats._cells import for_people
from kam_rules.model.report import Block, Facts, Lines, Report, Table, Unit

WORD = 24
"""Signs of a word that a column gives way to."""
NARROW = 22
"""A column with no longer cell than this is never broken; wider ones give way."""


def render(report: Report, *, width: int, color: bool) -> str:
    """Return the report for a terminal; see `Format`."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=color, no_color=not color, highlight=False, markup=False, emoji=False, legacy_windows=False
    )
    console.print(report.title, style="bold", soft_wrap=True)
    for block in report.blocks:
        console.print()
        if block.title:
            console.print(block.title, style="bold", soft_wrap=True)
        _block(console, block, report.minor)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _block(console: Console, block: Block, minor: int) -> None:
    if isinstance(block, Lines):
        _lines(console, block)
    elif isinstance(block, Facts):
        _facts(console, block)
    else:
        _table(console, block, minor)


def _lines(console: Console, block: Lines) -> None:
    for line in block.lines:
        step = len(line) - len(line.lstrip(" "))
        console.print(Padding(line.strip(), (0, 0, 0, 2 + step)))


def _facts(console: Console, block: Facts) -> None:
    grid = _grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, what in block.pairs:
        grid.add_row(f"  {name}", what)
    console.print(grid)


def _table(console: Console, block: Table, minor: int) -> None:
    if not block.rows:
        console.print(f"  {block.empty}")
    else:
        grid, needed = _grid(), 0
        rows = [[for_people(cell, c.unit, minor) for cell, c in zip(row, block.columns, strict=True)] for row in block.rows]
        for i, column in enumerate(block.columns):
            justify: Literal["left", "right"] = "left" if column.unit is Unit.TEXT else "right"
            widest = max(len(row[i]) for row in rows)
            wraps = i > 0 and widest > NARROW and column.unit is Unit.TEXT
            words = [word for text in (column.label, *(row[i] for row in rows)) for word in text.split()]
            longest = min(max(map(len, words), default=0), WORD)
            least = longest if wraps else max(widest, len(column.label)) + (0 if i else 2)
            grid.add_column(justify=justify, overflow="fold", no_wrap=not wraps, min_width=least)
            needed += least + 2
        grid.add_row(*(f"  {c.label}" if i == 0 else c.label for i, c in enumerate(block.columns)), style="dim")
        for first, *rest in rows:
            grid.add_row(f"  {first}", *rest)
        console.print(grid, width=max(console.width, needed), crop=False)  # a figure is never cut
    if block.note:
        _lines(console, Lines("", "", (block.note,)))


def _grid() -> Grid:
    return Grid.grid(padding=(0, 2))
