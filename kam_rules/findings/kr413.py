"""A field that the policy requires is blank for this account.

A blank is never read as zero. Without the value the account cannot be decided, so it was refused, and the others
decided.

Example:
    account_id,base_revenue
    ACC-1,

Instead:
    account_id,base_revenue
    ACC-1,250000
"""

TITLE = "A required value is missing"
LEVEL = "error"
