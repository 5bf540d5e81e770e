"""The table of owners names accounts that are not among the accounts decided.

The rows were left aside. They may have been refused, or not delivered.

Example:
    account_id,rep_id,share
    ACC-404,R-01,100%

Instead:
    deliver the account, or take its rows out
"""

TITLE = "Shares of accounts that the run does not have"
LEVEL = "note"
