"""The account has a state that asks for a reason, and none is given.

A mature account that could still buy more needs a named reason why it will not, or the state becomes an excuse.

Example:
    account_id,mature_reason
    ACC-1,

Instead:
    account_id,mature_reason
    ACC-1,contract_ceiling
"""

TITLE = "A state without its reason"
LEVEL = "warning"
