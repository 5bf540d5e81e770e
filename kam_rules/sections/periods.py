"""How a year's quota falls into quarters or months, which add up to it exactly.

`even` gives each period the same; `season` follows the share of each period in last year's revenue; `renewal` puts an
account's target into the period in which it renews, named by a date field, and one that does not renew falls evenly.

Example:
    periods: {into: quarters, split: even}

Prefer even periods where the season is not known from a whole year.
Avoid a renewal date that is filled for few accounts: the rest falls evenly.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.document import Doc, Mapping
from kam_rules.model.schema import choice, identifier, record, text
from kam_rules.model.types import Type
from kam_rules.model.year import Periods
from kam_rules.sections._draft import Draft

SCHEMA = record(
    "How a year's quota falls into periods",
    {
        "into": choice("What a period is", "quarters", "months"),
        "split": choice("What each period's part follows", "even", "season", "renewal"),
        "date": identifier("The date field of the renewal; for split: renewal alone"),
        "because": text("Why it falls so"),
    },
    ("into", "split"),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep how the quota falls; a renewal needs its date, and the year twelve whole months."""
    if not isinstance(doc, Mapping):
        return
    date = doc.scalar("date")
    renewal = doc.text("split") == "renewal"
    if renewal and date is None:
        draft.fault("KR331", "split: renewal needs the field of the renewal's day", doc.key_where("split"), "add date: contract_end, say")
    if date is not None and not renewal:
        draft.fault("KR331", f"'date' is read by split: renewal, not by {doc.text('split')}", date.where, "take it out")
    elif date is not None:
        draft.field(date, Type.DATE)
    if draft.dated and not draft.calendar.whole:
        message = f"{draft.start} to {draft.end} is not twelve whole months"
        draft.fault("KR332", message, doc.key_where("into"), "write twelve whole months under effective")
    draft.year = replace(draft.year, periods=Periods(doc.text("into"), doc.text("split"), doc.text("date")))
