"""The file has no rows.

An extract that failed often leaves an empty file behind. Nothing was decided, so that an empty book is never taken
for a result.

Example:
    account_id,base_revenue

Instead:
    account_id,base_revenue
    ACC-1,250000
"""

TITLE = "The data is empty"
LEVEL = "error"
