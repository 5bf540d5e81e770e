"""An account whose owner has left.

The table of reps says on which day; the account still names them. Its quota would be on somebody who is not there, and nobody
answers for it. It was decided all the same.

Example:
    rep_id,end_date
    R-05,2025-12-31
    # and accounts.csv, as of 2026-01-31, names R-05 as an owner

Instead:
    # accounts.csv names who has the accounts now
    account_id,owner_id
    ACC-1,R-06
"""

TITLE = "An owner who has left"
LEVEL = "warning"
