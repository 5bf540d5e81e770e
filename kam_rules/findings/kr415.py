"""The target agreed for this account lies outside targets.plausible.

One digit typed twice turns 112% into 1112%. The account was refused rather than given ten times its target.

Example:
    account_id,planned_nrr
    ACC-1,1112%

Instead:
    account_id,planned_nrr
    ACC-1,112%
"""

TITLE = "An agreed target that nobody can mean"
LEVEL = "error"
