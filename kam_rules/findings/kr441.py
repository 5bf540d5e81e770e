"""Control totals without a total: neither a number of accounts nor a base.

There is nothing to hold the accounts against, so the run would look controlled and would not be. Nothing was read.

Example:
    control_totals: {source: General ledger}

Instead:
    control_totals: {accounts: 701, base_revenue: 36568898.08, source: General ledger}
"""

TITLE = "Control totals without a total"
LEVEL = "error"
