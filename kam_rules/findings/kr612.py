"""What the spread weighs by is missing for some eligible accounts.

Missing is not zero, but it cannot be weighed either: these accounts carry no part, the others carry the whole.

Example:
    spread: headroom

Instead:
    find the wallets that the work list names, or write spread: target
"""

TITLE = "Accounts have no figure to weigh by"
LEVEL = "note"
