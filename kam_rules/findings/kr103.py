"""A value of another kind is needed here: a list, a number, true or false, or keys with values.

Numbers are written with digits only, without commas or signs. Yes or no is written true or false.

Example:
    base_revenue: {type: money, required: yes}

Instead:
    base_revenue: {type: money, required: true}
"""

TITLE = "The wrong kind of value"
LEVEL = "error"
