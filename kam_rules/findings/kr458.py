"""An account of the cohort has no row among the actuals.

It may have left, or the extract may be short; the two are worlds apart, so nobody guesses. Nothing was judged.

Example:
    actuals: {absent_rows: fault}

Instead:
    actuals: {absent_rows: zero}
"""

TITLE = "An account without an outcome"
LEVEL = "error"
