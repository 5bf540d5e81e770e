"""A change takes an account from someone who does not hold it on that day, or gives it to who has it already.

The order of the changes, or one of them, is not what happened. None of the changes was made.

Example:
    account_id,from,to,on
    ACC-1,R-01,R-02,2026-08-01
    ACC-1,R-01,R-03,2026-10-01

Instead:
    account_id,from,to,on
    ACC-1,R-01,R-02,2026-08-01
    ACC-1,R-02,R-03,2026-10-01
"""

TITLE = "A change that does not follow"
LEVEL = "error"
