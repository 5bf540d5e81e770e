"""The two sides of this comparison are of different kinds, or have no order.

An amount is compared with an amount, a date with a date, a word with a word. Words are equal or not; neither is
larger.

Example:
    when: last_order < 90

Instead:
    when: days(last_order, as_of) > 90
"""

TITLE = "Two things that cannot be compared"
LEVEL = "error"
