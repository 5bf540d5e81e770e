"""A column that the data file names is not in the source, or nothing feeds a field that the policy requires.

Without it no account could be decided, so nothing was. Columns are found by their exact names.

Example:
    columns: {account_id: id, base_revenue: Revenue FY26}

Instead:
    columns: {account_id: id, base_revenue: Revenue FY2026}
"""

TITLE = "A column is missing"
LEVEL = "error"
