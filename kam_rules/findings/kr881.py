"""Another program has written to the ledger for too long.

Writers wait for each other, each for half a minute. Nothing of this one was written; an entry is whole or absent.

Example:
    a backup that keeps the ledger locked

Instead:
    let it end, and run the command again
"""

TITLE = "A ledger that another program holds"
LEVEL = "error"
