"""An account's actuals are in a currency for which the run has no plan rate.

Base and actual are converted at one rate, the plan's; with another the account would be judged on exchange rates.
Nothing was judged.

Example:
    account_id,currency,actual
    ACC-1,CHF,250000

Instead:
    plan_rates: {file: plan_rates.csv, columns: {currency: currency, to_policy: usd_per_unit}}
"""

TITLE = "Actuals without a plan rate"
LEVEL = "error"
