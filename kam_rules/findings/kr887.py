"""A copy of the head that was kept outside the ledger does not fit it.

Either entries at the end are missing, or the chain was written anew from some entry on, with hashes that fit each other.
The chain alone cannot show that; the outside copy does.

Example:
    the receipt vouches for 12 entries, the ledger has 9

Instead:
    take the ledger from a copy that fits the receipt
"""

TITLE = "A ledger that its anchor contradicts"
LEVEL = "error"
