"""An override would put a target below the floor of its state, and only one person has approved that.

Below the floor two people who may must have signed. Until then the account has what the policy computes.

Example:
    floor: 70%, to: 60%, signed by the sales director alone

Instead:
    kam-rules sign overrides.yaml --as cfo --key cfo.key --ledger ledger.db
"""

TITLE = "A target below its floor with one approval"
LEVEL = "warning"
