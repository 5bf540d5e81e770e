"""A metric is worked out from itself, directly or by way of others.

Then none of them can be worked out first. Let one of them start from fields alone.

Example:
    share: {type: ratio, is: 1 - rest}
    rest: {type: ratio, is: 1 - share}

Instead:
    share: {type: ratio, is: base_revenue / wallet}
    rest: {type: ratio, is: 100% - share}
"""

TITLE = "Metrics that need one another"
LEVEL = "error"
