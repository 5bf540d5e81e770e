"""There are more strata than accounts to draw, or there is no account at all.

`kam-rules audit` draws at least one account of each stratum: of each tier, state or owner that has accounts.

Example:
    kam-rules audit runs/fy2027 --n 2 --stratify tier

Instead:
    kam-rules audit runs/fy2027 --n 25 --stratify tier
"""

TITLE = "No such sample can be drawn"
LEVEL = "error"
