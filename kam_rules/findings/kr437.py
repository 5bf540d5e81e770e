"""A seat or a share ends before it begins.

On no day would it hold, which nobody can have meant, so nothing was decided.

Example:
    account_id,rep_id,share,from,to
    ACC-1,R-01,100%,2026-08-01,2026-02-01

Instead:
    account_id,rep_id,share,from,to
    ACC-1,R-01,100%,2026-02-01,2026-08-01
"""

TITLE = "A last day lies before the first"
LEVEL = "error"
