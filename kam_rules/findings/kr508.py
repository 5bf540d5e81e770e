"""Every account was refused or left undecided.

A column that the rules rest on is probably not mapped, or blank throughout. The summary lists which values would
decide the most accounts.

Example:
    columns: {account_id: id, base_revenue: revenue}

Instead:
    columns: {account_id: id, base_revenue: revenue, wallet: wallet, health_score: health}
"""

TITLE = "No account was decided"
LEVEL = "error"
