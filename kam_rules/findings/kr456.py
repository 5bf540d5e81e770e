"""An account loses more than it had, or more of its expansion is explained than there is.

Churn and contraction come out of the base; escalators and reactivation are parts of the expansion. Nothing was judged.

Example:
    account_id,expansion,churn
    ACC-1,0,900000

Instead:
    account_id,expansion,churn
    ACC-1,0,90000
"""

TITLE = "A movement that cannot be"
LEVEL = "error"
