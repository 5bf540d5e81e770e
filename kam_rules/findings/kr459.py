"""A change names an account or a person that the run does not have, or names neither.

Quota would go to nobody, or come from nowhere. None of the changes was made.

Example:
    account_id,from,to,on
    ACC-1,R-01,R-99,2026-08-01

Instead:
    account_id,from,to,on
    ACC-1,R-01,R-02,2026-08-01
"""

TITLE = "A change of something unknown"
LEVEL = "error"
