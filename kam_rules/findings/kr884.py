"""The file is no ledger, or not a whole one: it was cut short or overwritten.

What is left of it proves nothing. Take a copy, and hold it against a receipt that was kept elsewhere.

Example:
    the second half of ledger.db is missing after a disk failed

Instead:
    kam-rules ledger verify copy.db --anchor receipt.txt
"""

TITLE = "A ledger that is damaged"
LEVEL = "error"
