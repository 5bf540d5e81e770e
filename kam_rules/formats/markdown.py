"""Markdown, for a memo or a pull request."""

from __future__ import annotations

from kam_rules.formats._cells import for_people
from kam_rules.model.report import Block, Facts, Lines, Report, Table, Unit


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - the Protocol
    """Return the report as Markdown; see `Format`."""
    parts = [f"# {report.title}"]
    for block in report.blocks:
        title = f"## {block.title}\n\n" if block.title else ""
        parts.append(title + _block(block, report.minor))
    return "\n\n".join(parts) + "\n"


def _block(block: Block, minor: int) -> str:
    if isinstance(block, Facts):
        return "\n".join(f"- **{name}**: {what}" for name, what in block.pairs)
    if isinstance(block, Lines):
        return "\n".join(f"{'  ' * ((len(line) - len(line.lstrip())) // 4)}- {line.strip()}" for line in block.lines)
    return _table(block, minor)


def _table(block: Table, minor: int) -> str:
    note = f"\n\n{block.note}" if block.note else ""
    if not block.rows:
        return block.empty + note
    head = "| " + " | ".join(c.label for c in block.columns) + " |"
    rule = "|" + "|".join("---" if c.unit is Unit.TEXT else "---:" for c in block.columns) + "|"
    rows = [
        "| " + " | ".join(_cell(for_people(cell, c.unit, minor)) for cell, c in zip(row, block.columns, strict=True)) + " |"
        for row in block.rows
    ]
    return "\n".join([head, rule, *rows]) + note


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
