"""The ledger cannot be written: the disk is full or read-only, or the rights do not allow it.

The ledger is as it was before: an entry is on the disk whole, or it is not there. A run that was written before its
entry is recorded later by `kam-rules ledger record`.

Example:
    the ledger lies on a disk without space

Instead:
    make space, then: kam-rules ledger record ledger.db RUN
"""

TITLE = "A ledger that cannot be written"
LEVEL = "error"
