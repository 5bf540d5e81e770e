"""The data file feeds a field that the policy does not have.

The column was passed over. It may be misspelled, or left over from another year.

Example:
    columns: {account_id: id, base_revenu: revenue}

Instead:
    columns: {account_id: id, base_revenue: revenue}
"""

TITLE = "A column that the policy does not read"
LEVEL = "note"
