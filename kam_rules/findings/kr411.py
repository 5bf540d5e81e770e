"""The row has no account id.

What it says cannot be held against anyone, so the row was refused, and the others decided.

Example:
    account_id,revenue
    ,250000

Instead:
    account_id,revenue
    ACC-1,250000
"""

TITLE = "A row without an id"
LEVEL = "error"
