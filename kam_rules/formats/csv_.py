"""CSV: the tables of a report one after the other, a line of the table's key above each where there are several.

The last column says whether the policy that decided was a draft or active.
"""

from __future__ import annotations

import csv
import io

from kam_rules.formats._cells import for_machines, safe
from kam_rules.model.report import Report, Table
from kam_rules.model.standing import STATUS


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - the Protocol
    """Return the report's tables; see `Format`."""
    tables = [block for block in report.blocks if isinstance(block, Table)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, table in enumerate(tables):
        if len(tables) > 1:
            out.write(f"{chr(10) if number else ''}# {table.key}\n")
        status = [(STATUS, report.status)] if report.status else []
        writer.writerow([*(safe(column.key) for column in table.columns), *(name for name, _ in status)])
        for row in table.rows:
            cells = (safe(c) if isinstance(c, str) else for_machines(c, report.minor) for c in row)
            writer.writerow([*cells, *(value for _, value in status)])
    return out.getvalue()
