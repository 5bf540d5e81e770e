"""A total that stands in the file is not what its rows add up to.

A total row is set aside, and what it says is held against all rows above it, and against those since the total before. Where
it agrees with neither, rows are missing, or somebody has edited the file. The accounts were decided by their own rows.

Example:
    account_id,revenue
    ACC-1,100
    ACC-2,200
    Total,350

Instead:
    account_id,revenue
    ACC-1,100
    ACC-2,200
    Total,300
"""

TITLE = "A total that is not the sum of its rows"
LEVEL = "warning"
