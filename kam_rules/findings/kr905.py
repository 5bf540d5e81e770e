"""Several raters rate, and nothing says how their answers combine.

A median and a mean of 1, 2 and 5 differ; which of them decides is a choice, and nobody made it. Nothing was decided.

Example:
    ratings: {file: ratings.csv, columns: {account: account_id, rater: who, field: question, rating: points}}

Instead:
    accounts:
      ratings: {combine: median, disagree_from: 2}
"""

TITLE = "Ratings without a rule"
LEVEL = "error"
