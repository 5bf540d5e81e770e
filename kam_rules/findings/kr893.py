"""The run was made without this ledger, or it is not one that can be published.

A run bears the head of the ledger for which it was made, so that run and ledger vouch for each other. Published is a run
that is recorded, whose policy every function has signed, and in which every team has its quotas.

Example:
    kam-rules ledger record ledger.db runs/made-without-a-ledger

Instead:
    kam-rules run policy.yaml data.yaml --ledger ledger.db
"""

TITLE = "A run that the ledger cannot take"
LEVEL = "error"
