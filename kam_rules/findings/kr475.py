"""The quarters of an account do not stand in one line.

A quarter stands twice, a quarter is missing, or its day is no whole number of quarters after the one before. Counting
them would count wrong, so nothing was decided.

Example:
    account_id,date,revenue
    ACC-1,2026-03-31,10
    ACC-1,2026-03-31,12

Instead:
    account_id,date,revenue
    ACC-1,2026-03-31,10
    ACC-1,2026-06-30,12
"""

TITLE = "Quarters doubled, missing or out of step"
LEVEL = "error"
