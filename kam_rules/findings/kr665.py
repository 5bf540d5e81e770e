"""The ledger holds no approval of an override by the approver whom it names.

It is not in force, and the account has what the policy computes. A word of the line that was changed after it was signed makes
it another line, which nobody has approved.

Example:
    a line of the file that the sales director has not signed

Instead:
    kam-rules sign overrides.yaml --as sales-director --key sales-director.key --ledger ledger.db
"""

TITLE = "An override that nobody has approved"
LEVEL = "warning"
