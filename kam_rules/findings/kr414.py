"""The cell holds NaN, infinity, or a number too large to be kept exactly.

Such values come from a calculation that failed in the source, so the account was refused. Leave the cell blank if the
figure is not known.

Example:
    account_id,margin
    ACC-1,NaN

Instead:
    account_id,margin
    ACC-1,
"""

TITLE = "A number that cannot be kept"
LEVEL = "error"
