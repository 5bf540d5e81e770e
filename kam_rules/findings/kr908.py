"""A field that a column of the accounts and raters both answer.

Nobody can tell which answer is right. Nothing was decided.

Example:
    accounts: {columns: {account_id: id, alignment: alignment}}
    # and ratings.csv holds ratings of alignment

Instead:
    accounts: {columns: {account_id: id}}
    # and ratings.csv holds ratings of alignment
"""

TITLE = "Two sources for one field"
LEVEL = "error"
