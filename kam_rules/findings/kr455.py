"""One account has two rows of actuals that say different things.

Nobody can tell which is right, so nothing was judged. Exact copies are harmless.

Example:
    account_id,actual
    ACC-1,250000
    ACC-1,260000

Instead:
    account_id,actual
    ACC-1,250000
"""

TITLE = "An account with two outcomes"
LEVEL = "error"
