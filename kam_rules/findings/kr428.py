"""A column of amounts carries the sign of a currency that is not the policy's, and no column names the currencies.

Amounts in different currencies are never added up. Nothing was decided.

Example:
    revenue
    €1,200.00

Instead:
    revenue,currency
    1200.00,EUR
"""

TITLE = "Amounts in another currency"
LEVEL = "error"
