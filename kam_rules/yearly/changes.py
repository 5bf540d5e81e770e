"""Accounts that change hands within the year: people who start, move, and leave.

Each row passes an account to another holder from a day on; the day is the new holder's first. A blank account stands for
every account that `from` holds on that day, which is how a whole book goes to who starts, or back to a vacant seat. `as_of`
is the day of the decision: no change lies before it, so that nothing which was asked before is altered.

Example:
    changes:
      file: changes.csv
      as_of: 2026-07-15
      columns: {account_id: account_id, from: from_rep, to: to_rep, on: effective, reason: reason}
"""

from __future__ import annotations

from kam_rules.model.schema import date
from kam_rules.model.types import Field, Type

FIELDS = (
    Field("account_id", Type.TEXT, 0, meaning="The account; blank: every account of `from`"),
    Field("from", Type.TEXT, 0, meaning="Who holds it until then; may be blank where one holder alone has the account"),
    Field("to", Type.TEXT, 0, required=True, meaning="Who holds it from that day on: a person or a vacant seat"),
    Field("on", Type.DATE, 0, required=True, meaning="The first day of the new holder"),
    Field("reason", Type.TEXT, 0, meaning="Why it changes hands"),
)
LEAST = ("to", "on")
KEYS = {"as_of": date("The day of the decision; no change lies before it")}
NEEDED = ("as_of",)
COPIES = False
