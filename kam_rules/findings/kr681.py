"""Some cells of a column have a percent sign and others have none: 12% beside 0.12 and 12.

Whether a bare 12 means 12% or 1200% cannot be told from the cell.

Example:
    growth
    12%
    0.12

Instead:
    growth
    12%
    12%
"""

TITLE = "Percents with and without a sign"
LEVEL = "warning"
