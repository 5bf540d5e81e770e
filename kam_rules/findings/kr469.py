"""Rows of a table beside the accounts name no account of the file.

Shares, ratings or history of an account that is not there decide nothing. An id may be misspelt, or the account was left out
of the extract. The rest was decided without these rows.

Example:
    account_id,who,question,points
    ACC-99,ana,alignment,4        # accounts.csv has no ACC-99

Instead:
    account_id,who,question,points
    ACC-9,ana,alignment,4
"""

TITLE = "Rows that join no account"
LEVEL = "note"
