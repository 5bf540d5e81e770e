"""A change lies before the day on which it was decided.

Quota that people have already worked for is not altered behind them: changes look forward alone. None of the changes
was made.

Example:
    changes: {as_of: 2026-08-15}
    account_id,to,on
    ACC-1,R-02,2026-08-01

Instead:
    changes: {as_of: 2026-08-15}
    account_id,to,on
    ACC-1,R-02,2026-08-15
"""

TITLE = "A change that is dated back"
LEVEL = "error"
