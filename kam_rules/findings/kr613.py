"""What the reps do not carry belongs to the manager above all of them, and the table of reps names none.

The amount stands on a line of the team's own, with nobody's name.

Example:
    rep_id,manager_id,team
    R-01,,East
    R-02,,East

Instead:
    rep_id,manager_id,team
    M-01,,East
    R-01,M-01,East
    R-02,M-01,East
"""

TITLE = "A team has no manager above all of it"
LEVEL = "warning"
