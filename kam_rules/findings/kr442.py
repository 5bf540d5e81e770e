"""A roll-up that does not go with the data or the policy.

Accounts can only be rolled up along a column of parents, amounts only where they are money, and the base has to be among
them, or what the accounts below bring would be lost. Nothing was decided.

Example:
    roll_up: {method: add, fields: [prior_revenue]}

Instead:
    roll_up: {method: add, fields: [base_revenue, prior_revenue]}
"""

TITLE = "A roll-up that cannot be done"
LEVEL = "error"
