"""JSON with exact figures as text, keys in reading order."""

from __future__ import annotations

import json

from kam_rules.formats._cells import for_machines
from kam_rules.model.report import Block, Cell, Facts, Lines, Report
from kam_rules.model.standing import STATUS


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - the Protocol
    """Return the report's data as JSON, or its blocks where it has none; see `Format`."""
    data = report.data if report.data is not None else _blocks(report)
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _blocks(report: Report) -> dict[str, object]:
    head = {"report": report.key, "title": report.title} | ({STATUS: report.status} if report.status else {})
    return head | {block.key: _block(block, report.minor) for block in report.blocks}


def _block(block: Block, minor: int) -> object:
    if isinstance(block, Facts):
        return dict(block.pairs)
    if isinstance(block, Lines):
        return list(block.lines)
    return [{c.key: _cell(cell, minor) for c, cell in zip(block.columns, row, strict=True)} for row in block.rows]


def _cell(cell: Cell, minor: int) -> object:
    return cell if cell is None or isinstance(cell, bool | int) else for_machines(cell, minor)
