"""More than ten parents stand above an account.

No company is that deep, so the column is likely another one, or the chain has grown by mistake. The ultimate parent was
used all the same.

Example:
    account_id,parent_id
    ACC-12,ACC-11        # and so on, down from ACC-0

Instead:
    account_id,parent_id
    ACC-12,ACC-0
"""

TITLE = "A chain of parents that is too deep"
LEVEL = "warning"
