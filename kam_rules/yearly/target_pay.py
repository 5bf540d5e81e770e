"""What each person's variable pay is at 100%, and what of it has been paid already.

`paid` is the sum of earlier payouts for the same year. What is still due, or asked back, is reckoned against it.

Example:
    target_pay:
      file: pay.csv
      columns: {person: rep_id, target_incentive: target_incentive, paid: paid_so_far}
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.types import Field, Type
from kam_rules.yearly.actuals import DECIMALS

FIELDS = (
    Field("person", Type.TEXT, 0, required=True, meaning="The rep_id"),
    Field(
        "target_incentive",
        Type.NUMBER,
        DECIMALS,
        required=True,
        least=Fraction(0),
        meaning="Variable pay of the year at 100%, in the policy's currency",
    ),
    Field("paid", Type.NUMBER, DECIMALS, least=Fraction(0), meaning="What has been paid of it already"),
)
LEAST = ("person", "target_incentive")
KEYS: dict[str, object] = {}
NEEDED: tuple[str, ...] = ()
COPIES = False
