"""What each person and each team reached, measure by measure: what a payout is reckoned from.

`person` is the rep_id, or `team:NAME` for a measure of the whole team. `actual` and `target` are in one unit, whichever it is;
where the plan takes the quota of the run as its target, `target` stays blank. `basis` is what revenue counts, and is that of
the run's base.

Example:
    results:
      file: results.csv
      basis: trailing_12m
      columns: {person: rep_id, measure: measure, actual: actual, target: target}
"""

from __future__ import annotations

from kam_rules.model.types import Field, Type
from kam_rules.yearly.actuals import KEYS as ACTUALS

DECIMALS = 6
FIELDS = (
    Field("person", Type.TEXT, 0, required=True, meaning="The rep_id, or team:NAME for a measure of the team"),
    Field("measure", Type.TEXT, 0, required=True, meaning="The measure, as the plan names it"),
    Field("actual", Type.NUMBER, DECIMALS, required=True, meaning="What was reached"),
    Field("target", Type.NUMBER, DECIMALS, meaning="What was to be reached, in the same unit; blank where it is the run's quota"),
)
LEAST = ("person", "measure", "actual")
KEYS = {"basis": ACTUALS["basis"]}
NEEDED = ("basis",)
COPIES = False
