"""The results hold a measure of a name that no plan of the policy has.

It may be misspelled, and then the measure that was meant has no result.

Example:
    R-01,revenu,104,100

Instead:
    R-01,revenue,104,100
"""

TITLE = "A measure that no plan has"
LEVEL = "error"
