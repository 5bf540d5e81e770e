"""There is no such function, or it takes other values.

The functions are not, min, max, abs, round, days, months, known, first_known and date. The message shows how this one
is written.

Example:
    is: days(last_order)

Instead:
    is: days(last_order, as_of)
"""

TITLE = "A function used wrongly"
LEVEL = "error"
