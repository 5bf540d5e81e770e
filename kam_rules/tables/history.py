"""What earlier reviews decided of each account: one row an account and review, never overwritten.

The latest review before the day of the decision tells which tier an account holds; later ones are not known yet. `below`
says whether that review found the account below its tier, by the policy of its day; where it is blank, the score is held
against this year's condition. `kam-rules history` adds the rows of a run; a review record that has been filled in is
history, too.

Example:
    history:
      file: history.csv
      columns: {account_id: account_id, review: review, tier: tier, since: since, state: state, score: score, below: below}
"""

from __future__ import annotations

from kam_rules.model.types import Field, Type

FIELDS = (
    Field("account_id", Type.TEXT, 0, required=True, meaning="The account"),
    Field("review", Type.DATE, 0, required=True, meaning="The day of the review"),
    Field("tier", Type.TEXT, 0, meaning="The tier that it held after the review; blank: undecided"),
    Field("since", Type.DATE, 0, meaning="Since when it held that tier; blank: since the first review that names it"),
    Field("state", Type.TEXT, 0, meaning="Its state after the review"),
    Field("score", Type.NUMBER, 6, meaning="Its score at the review"),
    Field("below", Type.FLAG, 0, meaning="Whether the review found it below its tier; blank: told from the score"),
    Field("needs", Type.TEXT, 0, meaning="What the account needs, as the review wrote it down"),
    Field("resources_in_place", Type.FLAG, 0, meaning="Whether the people and the money promised were there"),
    Field("outcome", Type.CATEGORY, 0, values=("accept", "reject", "postpone"), meaning="What the review made of the proposal"),
)
LEAST = ("account_id", "review", "tier")
