"""A column holds bare numbers for a ratio, and the data file does not say what they mean.

12 may mean 12% or 1200%, and 0.12 may mean 12% or 0.12%. Say which in the data file. Nothing was decided.

Example:
    growth: growth_pct

Instead:
    growth: {column: growth_pct, unit: percent}
"""

TITLE = "Percent or fraction"
LEVEL = "error"
