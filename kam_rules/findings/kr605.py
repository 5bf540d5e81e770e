"""The policy has optional fields that no column feeds, so they are missing for every account.

Criteria that measure them follow if_missing, and rules that read them may stay undecided. That may be as you want it.

Example:
    columns: {account_id: id, base_revenue: revenue}

Instead:
    columns: {account_id: id, base_revenue: revenue, wallet: wallet_estimate}
"""

TITLE = "A field that no column feeds"
LEVEL = "note"
