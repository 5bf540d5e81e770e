"""Nothing says how many key accounts one manager can serve.

A plan for each account takes time. Above the number that a manager can plan for, the others are key in name only.

Example:
    limits: {key_tiers: [key], at_most: 15% of accounts}

Instead:
    limits: {key_tiers: [key], at_most: 15% of accounts, accounts_per_manager: 8}
"""

TITLE = "No limit on accounts per manager"
LEVEL = "warning"
