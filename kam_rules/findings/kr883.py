"""The ledger was written by a later version, which may say things that this one does not understand.

Nothing is read of it and nothing written to it.

Example:
    a ledger of format 2 is opened by a version that knows format 1

Instead:
    open it with the version that wrote it
"""

TITLE = "A ledger of another format"
LEVEL = "error"
