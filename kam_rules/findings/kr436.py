"""On some day the owners of an account have more or less than all of its credit together.

Overlay credit is not counted. On a day on which no share holds at all, the account's own owner has it.

Example:
    account_id,rep_id,share,overlay
    ACC-1,R-01,60%,
    ACC-1,R-02,60%,

Instead:
    account_id,rep_id,share,overlay
    ACC-1,R-01,60%,
    ACC-1,R-02,40%,
    ACC-1,R-03,20%,true
"""

TITLE = "The shares of an account do not sum to 100%"
LEVEL = "error"
