"""A supporting function is declared with a capability that is missing.

What it contributes stands in the policy as if it were there, and accounts are called on it.

Example:
    account_based_marketing: {contributes: Campaigns for one account, capability: missing}

Instead:
    account_based_marketing: {contributes: Campaigns for one account, capability: building, people: 1}
"""

TITLE = "A function cannot do what it promises"
LEVEL = "warning"
