"""So many accounts were overridden for one reason that it is no exception any more.

Counted are the accounts of this year and of the years that the ledger knows, by field and reason.

Example:
    four targets overridden for contract_dispute

Instead:
    a state rule for disputed contracts, with a target of its own
"""

TITLE = "Overrides that call for a rule"
LEVEL = "note"
