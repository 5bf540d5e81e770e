"""A plan rate is missing, is given in both directions, or is not above 0.

The mapped column states the direction of the rate, and each row has it in one. With a wrong rate every amount in that
currency would be wrong, so nothing was decided.

Example:
    currency,usd_per_unit
    EUR,

Instead:
    currency,usd_per_unit
    EUR,1.10
"""

TITLE = "A plan rate that cannot be used"
LEVEL = "error"
