"""The policy is right, and the figures it may meet are too large for this engine.

The columnar engine proves beforehand that no sum or product can overflow. Without an upper limit on a field it must
expect any size. Limit the field, or let the reference engine decide, which is slower and has no limit.

Example:
    base_revenue: {type: money, required: true, min: 0}

Instead:
    base_revenue: {type: money, required: true, min: 0, max: 1000000000}
"""

TITLE = "The engine cannot carry the policy"
LEVEL = "error"
