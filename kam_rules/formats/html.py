"""HTML: one page that needs nothing beside it, to read, to print and to sign."""

from __future__ import annotations

from html import escape
from itertools import groupby

from kam_rules.formats._cells import for_people
from kam_rules.model.report import Block, Facts, Lines, Report, Table, Unit

STYLE = """\
body { font: 16px/1.5 Georgia, serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } caption { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #ccc; overflow-wrap: break-word; }
th.figure, td.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; } dt { font-weight: bold; } dd { margin: 0; }
ul { padding-left: 1.2rem; } li.step { list-style: none; margin-left: 1.2rem; color: #333; } p.note { color: #444; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2rem; }
.pictures section { break-inside: avoid; } figure { margin: .5rem 0; } figure svg { width: 100%; height: auto; max-height: 22rem; }
details { font-size: .85rem; } p.lead { font-size: 1.1rem; }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; } tr { break-inside: avoid; }
  details { display: none; } }
@page { size: A4; margin: 14mm; }
"""


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - the Protocol
    """Return the report as a page; see `Format`."""
    title = escape(report.title)
    head = f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n<style>\n{STYLE}</style>'
    parts = groupby(report.blocks, key=lambda block: isinstance(block, Table) and bool(block.drawn and block.rows))
    body = "\n".join(_sections(tuple(blocks), report.minor, drawn=drawn) for drawn, blocks in parts)
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n'


def _sections(blocks: tuple[Block, ...], minor: int, *, drawn: bool) -> str:
    """Write sections one below the other, pictures side by side where there is room."""
    told = "\n".join(_section(block, minor) for block in blocks)
    return f'<div class="pictures">\n{told}\n</div>' if drawn and len(blocks) > 1 else told


def _section(block: Block, minor: int) -> str:
    title = f"<h2>{escape(block.title)}</h2>\n" if block.title else ""
    return f'<section id="{escape(block.key)}">\n{title}{_block(block, minor)}\n</section>'


def _block(block: Block, minor: int) -> str:
    if isinstance(block, Facts):
        return f"<dl>\n{''.join(f'<dt>{escape(name)}</dt><dd>{escape(what)}</dd>{chr(10)}' for name, what in block.pairs)}</dl>"
    if isinstance(block, Lines):
        if not block.title:
            return "\n".join(f'<p class="lead">{escape(line.strip())}</p>' for line in block.lines)
        return f"<ul>\n{''.join(_line(line) for line in block.lines)}</ul>"
    note = f'\n<p class="note">{escape(block.note)}</p>' if block.note else ""
    table = _table(block, minor) if block.rows else f"<p>{escape(block.empty)}</p>"
    if block.drawn and block.rows:
        from kam_rules.formats._pictures import picture

        table = f"<figure>\n{picture(block, minor)}\n</figure>\n<details><summary>The figures</summary>\n{table}\n</details>"
    return table + note


def _line(line: str) -> str:
    step = ' class="step"' if line.startswith("  ") else ""
    return f"<li{step}>{escape(line.strip())}</li>\n"


def _table(block: Table, minor: int) -> str:
    kinds = ["" if column.unit is Unit.TEXT else ' class="figure"' for column in block.columns]
    head = "".join(f"<th{kind}>{escape(column.label)}</th>" for kind, column in zip(kinds, block.columns, strict=True))
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{kind}>{escape(for_people(cell, column.unit, minor))}</td>"
            for kind, cell, column in zip(kinds, row, block.columns, strict=True)
        )
        + "</tr>\n"
        for row in block.rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
