"""The actuals count something else than the base of the run.

Recurring revenue held against invoices, or a trailing year against a contract value, gives a retention that never
happened. Nothing was judged.

Example:
    targets: {base: {field: base_revenue, basis: opening_arr}}
    actuals: {basis: trailing_12m}

Instead:
    targets: {base: {field: base_revenue, basis: opening_arr}}
    actuals: {basis: opening_arr}
"""

TITLE = "Another basis than the base's"
LEVEL = "error"
