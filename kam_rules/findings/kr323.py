"""The figure from above is a ratio of the base, or an amount.

Two figures, or none, leave the gap open; with one ladder for each team an amount is said for each of them.

Example:
    top_down: {per: team, amount: 5600000}

Instead:
    top_down: {per: team, amount: {East: 3100000, West: 2500000}}
"""

TITLE = "The top-down figure is not said once"
LEVEL = "error"
