"""An account changes hands twice on one day.

Nobody can tell who had it in between, or for how long. None of the changes was made.

Example:
    account_id,to,on
    ACC-1,R-02,2026-08-01
    ACC-1,R-03,2026-08-01

Instead:
    account_id,to,on
    ACC-1,R-03,2026-08-01
"""

TITLE = "Two changes on one day"
LEVEL = "error"
