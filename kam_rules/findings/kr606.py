"""Some values in a column had more decimals than the field keeps, and were rounded, half to even.

The count tells how many. Where the lost decimals matter, let the field keep more; amounts keep those of the currency.

Example:
    fields:
      share: {type: ratio, decimals: 2}

Instead:
    fields:
      share: {type: ratio, decimals: 6}
"""

TITLE = "Values rounded as they were read"
LEVEL = "note"
