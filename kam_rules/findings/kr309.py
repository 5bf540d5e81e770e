"""The field's contract says something that does not go with its type or its use.

Only numbers have min, max and decimals; only a category has values; only a rating has a scale. The base of the
targets is required and never negative, since a target is a percent of it.

Example:
    base_revenue: {type: money}

Instead:
    base_revenue: {type: money, required: true, min: 0}
"""

TITLE = "A limit that this field cannot have"
LEVEL = "error"
