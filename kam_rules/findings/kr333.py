"""The label of the fiscal year names another year than the one in which the policy ends.

A fiscal year is called by the year in which it ends, whatever month it starts in; most often the days were left as
they were when the file was copied.

Example:
    fiscal_year: FY2027
    effective: {from: 2025-07-01, to: 2026-06-30}

Instead:
    fiscal_year: FY2026
    effective: {from: 2025-07-01, to: 2026-06-30}
"""

TITLE = "The label of another year"
LEVEL = "error"
