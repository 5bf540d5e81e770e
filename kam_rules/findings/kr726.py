"""Nothing limits how many accounts may be key.

If everything is a priority, nothing is: article 004 asks for a largest share, article 001 for a number that can be served.

Example:
    tiers: {rules: [{id: key, when: score >= 60}, {id: core, otherwise: true}]}

Instead:
    tiers: {rules: [{id: key, when: score >= 60, capacity: 40}, {id: core, otherwise: true}]}
    limits: {key_tiers: [key], at_most: 15% of accounts, accounts_per_manager: 8}
"""

TITLE = "No limit on key accounts"
LEVEL = "warning"
