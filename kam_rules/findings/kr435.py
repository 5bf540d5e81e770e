"""An account without owner belongs to the vacant seat; there is none, or there are several.

Its target would be on nobody's quota, so nothing was decided. Mark one seat among the reps with status vacant, or name
the owner.

Example:
    account_id,owner_id
    ACC-1,

Instead:
    rep_id,status
    R-07,vacant
"""

TITLE = "An account has no owner and no vacant seat"
LEVEL = "error"
