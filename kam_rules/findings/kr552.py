"""Two rows give the same person another result for the same measure, or another target incentive.

Neither is chosen in silence; exact copies of a row are one.

Example:
    R-01,revenue,104,100
    R-01,revenue,101,100

Instead:
    R-01,revenue,104,100
"""

TITLE = "A result stands twice"
LEVEL = "error"
