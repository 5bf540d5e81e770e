"""A change falls within a month, and the policy prorates by whole months.

Which of the two the month belongs to would be a guess. None of the changes was made.

Example:
    proration: months
    account_id,to,on
    ACC-1,R-02,2026-08-15

Instead:
    proration: months
    account_id,to,on
    ACC-1,R-02,2026-09-01
"""

TITLE = "A change within a month"
LEVEL = "error"
