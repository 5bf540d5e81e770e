"""The rates at which amounts in other currencies are planned and judged, locked for the fiscal year.

The column that is mapped states the direction: `to_policy` is what one unit of the currency is worth in the policy's
(1 EUR is 1.10 USD: 1.10), `from_policy` what one unit of the policy's currency is worth in it (0.909). A row gives one of
the two. An account in a currency without a rate is refused. Year end converts with the same rates, whatever the market
does, so that nobody is judged on exchange rates.

Example:
    plan_rates:
      file: plan_rates.csv
      columns: {currency: currency, to_policy: usd_per_unit, source: source}
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.types import Field, Type

DECIMALS = 9
FIELDS = (
    Field("currency", Type.TEXT, 0, required=True, meaning="The ISO 4217 code of the currency"),
    Field("to_policy", Type.NUMBER, DECIMALS, most=Fraction(10**6), meaning="One unit of it in the policy's currency"),
    Field("from_policy", Type.NUMBER, DECIMALS, most=Fraction(10**7), meaning="One unit of the policy's currency in it"),
    Field("source", Type.TEXT, 0, meaning="Where the rate comes from"),
)
LEAST = ("currency",)
