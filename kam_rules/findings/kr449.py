"""An amount of a family has no sum, since one member lacks it.

What is missing is not zero, so the sum is missing, too. It was read as missing for the ultimate parent.

Example:
    account_id,parent_id,revenue,wallet
    ACC-1,,300000,900000
    ACC-2,ACC-1,100000,

Instead:
    account_id,parent_id,revenue,wallet
    ACC-1,,300000,900000
    ACC-2,ACC-1,100000,200000
"""

TITLE = "A sum that is missing"
LEVEL = "warning"
