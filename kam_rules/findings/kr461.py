"""A change lies outside the fiscal year.

A share of the year can only be had of its own days. None of the changes was made.

Example:
    account_id,to,on
    ACC-1,R-02,2027-02-01

Instead:
    account_id,to,on
    ACC-1,R-02,2027-01-31
"""

TITLE = "A change outside the fiscal year"
LEVEL = "error"
