"""Somebody else wrote to the ledger between its reading and its writing.

What was to be written had been worked out from what was there before, such as what a publication amends. Nothing was
written.

Example:
    two people publish at the same moment

Instead:
    run the command again
"""

TITLE = "A ledger that has gone on"
LEVEL = "error"
