"""Two rows give a plan rate for one currency.

Plan rates are locked for the year: there is one. Nobody can tell which it is, so nothing was decided.

Example:
    currency,usd_per_unit
    EUR,1.10
    EUR,1.08

Instead:
    currency,usd_per_unit
    EUR,1.10
"""

TITLE = "Two plan rates for one currency"
LEVEL = "error"
