"""The calculation gives another kind of figure than the place asks for.

A metric says its type so that a slip in the formula is seen here and not in a result. A target is a percent.

Example:
    penetration: {type: money, is: base_revenue / wallet}

Instead:
    penetration: {type: ratio, is: base_revenue / wallet}
"""

TITLE = "Another kind of figure than declared"
LEVEL = "error"
