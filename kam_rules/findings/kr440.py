"""The accounts do not add up to what the ledger of record says.

An extract that is cut short, filtered or doubled looks like any other. The data file says what the ledger holds; the
number of accounts has to be the same, their base the same within the tolerance. Refused rows count, copies do not.
Nothing was decided.

Example:
    control_totals: {accounts: 701, base_revenue: 36568898.08, source: "General ledger, closed 2020-07-08"}
    # and the file ends after 650 accounts

Instead:
    control_totals: {accounts: 701, base_revenue: 36568898.08, source: "General ledger, closed 2020-07-08"}
    # and the file holds all 701
"""

TITLE = "The ledger of record says something else"
LEVEL = "error"
