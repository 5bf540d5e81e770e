"""A rep's manager has no row of its own in the table of reps.

Quotas roll up from rep to manager to the top; a step that is missing would lose what stands below it.

Example:
    rep_id,manager_id
    R-01,M-09

Instead:
    rep_id,manager_id
    M-01,
    R-01,M-01
"""

TITLE = "A manager is not among the reps"
LEVEL = "error"
