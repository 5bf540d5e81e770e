"""What each account did, quarter by quarter: one row an account and quarter, dated on one of its days.

The other columns are those that the policy declares under tables. `absent_rows` says what a quarter without a row stands
for: `zero` where nothing happened then, `fault` where each account must have a row from its first quarter on.

Example:
    quarters:
      file: quarterly.csv
      absent_rows: zero
      columns: {account_id: account_id, date: quarter_end, revenue: revenue}
"""

from __future__ import annotations

from kam_rules.model.types import Field, Type

FIELDS = (
    Field("account_id", Type.TEXT, 0, required=True, meaning="The account"),
    Field("date", Type.DATE, 0, required=True, meaning="A day of the quarter, the same in every row: its last, as a rule"),
)
LEAST = ("account_id", "date")
ABSENT = ("zero", "fault")
