"""A waiver that nobody has signed.

Where a ledger is in use, a waiver holds once the person who answers for it has put a name to it. Until then what it waives
counts as if there were no waiver.

Example:
    approved_by: sales-director, and no entry of the ledger says so

Instead:
    kam-rules sign policy.waivers.yaml --as sales-director --key sales-director.key --ledger ledger.db
"""

TITLE = "A waiver that is not approved"
LEVEL = "warning"
