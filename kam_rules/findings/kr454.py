"""The columns of the actuals do not tell what became of an account, or tell it twice.

Either `actual` says what it brought in the year, or its movements do; escalators and reactivation are parts of the
expansion. Nothing was judged.

Example:
    columns: {account_id: id, actual: revenue, churn: lost}

Instead:
    columns: {account_id: id, actual: revenue}
"""

TITLE = "Columns that do not go together"
LEVEL = "error"
