"""Two columns of the source have the same name, so nobody can tell which one is meant.

Rename one of them in the source. The name row is kept for row numbers.

Example:
    account_id,revenue,revenue

Instead:
    account_id,revenue,revenue_prior
"""

TITLE = "Two columns with one name"
LEVEL = "error"
