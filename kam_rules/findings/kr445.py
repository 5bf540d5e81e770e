"""An account is its own parent, or its parents run in a circle.

Nobody stands at the top of a circle. Each account was decided for itself; where families are rolled up, those in a circle
are refused. An account that names itself is at the top of its own chain.

Example:
    account_id,parent_id
    ACC-1,ACC-2
    ACC-2,ACC-1

Instead:
    account_id,parent_id
    ACC-1,
    ACC-2,ACC-1
"""

TITLE = "Parents run in a circle"
LEVEL = "warning"
