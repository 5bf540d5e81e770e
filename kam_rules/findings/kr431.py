"""Two rows of the table of reps have one id, and differ.

Whose manager and team count could not be told, so nothing was decided. Exact copies merge.

Example:
    rep_id,manager_id
    R-01,M-01
    R-01,M-02

Instead:
    rep_id,manager_id
    R-01,M-01
"""

TITLE = "A rep stands twice"
LEVEL = "error"
