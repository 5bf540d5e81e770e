"""A form of attainment cannot be reckoned: it would divide by 0, or by an amount below it.

`actual / target` and `2 - actual / target` need a target above 0. `target / actual` takes an actual of 0 as beyond the last
point of the curve; below 0 it has no value.

Example:
    R-01,churn,2,0                   attainment: 2 - actual / target

Instead:
    R-01,churn,2,4
"""

TITLE = "An attainment that has no value"
LEVEL = "error"
