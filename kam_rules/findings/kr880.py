"""There is no ledger at the place that was named.

A ledger is never opened by the way: a misspelt name would start a second one, and what belongs in the first would be
missing from it. Nothing was written.

Example:
    kam-rules run policy.yaml data.yaml --ledger legder.db

Instead:
    kam-rules ledger new ledger.db
"""

TITLE = "A ledger that is not there"
LEVEL = "error"
