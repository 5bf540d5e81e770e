"""The run has no such account: it is misspelt, or it was refused.

Nothing is overridden, for who knows which account was meant.

Example:
    - {account: A-30, field: target, to: 70%, …}

Instead:
    - {account: A-03, field: target, to: 70%, …}
"""

TITLE = "An override of an account that is not there"
LEVEL = "error"
