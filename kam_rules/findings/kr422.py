"""The value lies outside the limits that the policy sets for the field.

It was read as missing; in a required field the account was refused. Correct the cell, or the limits if they are too
narrow.

Example:
    account_id,health_score
    ACC-1,870

Instead:
    account_id,health_score
    ACC-1,87
"""

TITLE = "Outside the contract"
LEVEL = "warning"
