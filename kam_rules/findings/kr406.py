"""The column of the account ids is blank in every row.

Perhaps another column holds the ids. Nothing was decided.

Example:
    columns: {account_id: parent_id}

Instead:
    columns: {account_id: account_id}
"""

TITLE = "No account ids"
LEVEL = "error"
