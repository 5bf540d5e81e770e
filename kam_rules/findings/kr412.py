"""The same account id stands in several rows that say different things.

Nobody can tell which row is right, so all of them were refused. Exact copies are harmless: they are merged and
counted.

Example:
    account_id,revenue
    ACC-1,250000
    ACC-1,260000

Instead:
    account_id,revenue
    ACC-1,250000
    ACC-2,260000
"""

TITLE = "One id with different contents"
LEVEL = "error"
