"""The criterion's scale does not go with what it measures.

Amounts, ratios and numbers have edges or a line. Ratings, flags and categories are listed one by one with is.

Example:
    measure: willing
    line: {worst: 0, best: 1}

Instead:
    measure: willing
    bands: [{is: true, score: 100}, {is: false, score: 0}]
"""

TITLE = "A scale that does not fit the measure"
LEVEL = "error"
