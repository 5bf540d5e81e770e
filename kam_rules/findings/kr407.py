"""The row has more or fewer cells than the header has columns.

Most often a cell holds a comma and is not in quotes, so all values behind it stand one column too far right. The
account was refused, and the others decided.

Example:
    account_id,name,revenue
    ACC-1,Smith, Jones and Co,250000

Instead:
    account_id,name,revenue
    ACC-1,"Smith, Jones and Co",250000
"""

TITLE = "A row that does not fit the header"
LEVEL = "error"
