"""The row says another currency than the policy's, and the data file has no plan rate for it.

An amount is converted at the rate that is locked for the year, never at another. Without one the account was refused, and
the others decided.

Example:
    account_id,currency,revenue
    ACC-1,CHF,250000

Instead:
    plan_rates: {file: plan_rates.csv, columns: {currency: currency, to_policy: usd_per_unit}}
"""

TITLE = "Another currency without a plan rate"
LEVEL = "error"
