"""A review judges the initial list of key accounts; this account is not on it.

Whoever wants an account on the list that the rules did not put there overrides its tier, and has that approved.

Example:
    review: [{account: A-07, verdict: accept, …}], and A-07 is core

Instead:
    overrides: [{account: A-07, field: tier, to: key, …}]
"""

TITLE = "A verdict on an account that is not on the list"
LEVEL = "error"
