"""What several people think of an account: one row a rater, account and question, joined into one answer.

How their answers combine stands under `accounts`, so that no figure is made in silence: `ratings: {combine: median,
disagree_from: 2}`. The answer feeds the field as a column would, and its cell in the trail names every rater. Raters who
are `disagree_from` points apart, or more, are listed.

Example:
    ratings:
      file: ratings.csv
      columns: {account: account_id, rater: who, field: question, rating: points}
"""

from __future__ import annotations

from kam_rules.model.types import Field, Type

DECIMALS = 6
FIELDS = (
    Field("account", Type.TEXT, 0, required=True, meaning="The account, by its account_id"),
    Field("rater", Type.TEXT, 0, required=True, meaning="Who rates it"),
    Field("field", Type.TEXT, 0, required=True, meaning="The field of the policy that the rating answers"),
    Field("rating", Type.NUMBER, DECIMALS, required=True, meaning="The answer, on the scale of that field"),
)
LEAST = ("account", "rater", "field", "rating")
