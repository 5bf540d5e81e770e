"""What happened to accounts, and on which day: one row an event.

The other columns are those that the policy declares under tables. Where an account has no row nothing happened to it;
that is what `absent_rows: zero` says, and the only thing that it can say here.

Example:
    events:
      file: events.csv
      columns: {account_id: account_id, date: event_date, event: event_type}
"""

from __future__ import annotations

from kam_rules.model.types import Field, Type

FIELDS = (
    Field("account_id", Type.TEXT, 0, required=True, meaning="The account"),
    Field("date", Type.DATE, 0, required=True, meaning="The day on which it happened"),
)
LEAST = ("account_id", "date")
ABSENT = ("zero",)
