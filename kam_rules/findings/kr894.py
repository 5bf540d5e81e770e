"""The quotas of this year are published already, and the later run does not say why it changes them.

People have been told their quotas. Whoever changes one owes them a reason, which stands in the ledger beside the change.

Example:
    kam-rules publish runs/second --as cfo --key cfo.key --ledger ledger.db

Instead:
    kam-rules publish runs/second --as cfo --key cfo.key --ledger ledger.db --reason "Two reps left in March"
"""

TITLE = "An amendment without a reason"
LEVEL = "error"
