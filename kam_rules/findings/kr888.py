"""What was named as an outside copy of the head holds none.

An anchor is a receipt that `kam-rules ledger anchor` printed, the folder of a run that was recorded, or a git tag.

Example:
    kam-rules ledger verify ledger.db --anchor notes.txt

Instead:
    kam-rules ledger verify ledger.db --anchor receipt.txt
"""

TITLE = "An anchor that cannot be read"
LEVEL = "error"
