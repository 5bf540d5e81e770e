"""An account, or a share of one, belongs to somebody who has no row in the table of reps.

Its target would be on nobody's quota, so nothing was decided.

Example:
    account_id,owner_id
    ACC-1,R-99

Instead:
    account_id,owner_id
    ACC-1,R-01
"""

TITLE = "An owner is not among the reps"
LEVEL = "error"
