"""How often an account is assessed again, and when that is overdue. `kam-rules review` lists who is.

The last assessment is the latest review in `history`.

Example:
    reassess: {every: 12 months, overdue_after: 30 days}

Prefer the rhythm of the fiscal year.
Avoid a long grace: an account nobody has looked at keeps what it was given.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.care import Reassess
from kam_rules.model.document import Doc, Mapping
from kam_rules.model.schema import Schema, record, text
from kam_rules.sections._draft import Draft


def months(description: str) -> Schema:
    """Return the shape of a number of months."""
    return {"type": "string", "pattern": r"^[1-9]\d{0,2} months?$", "x-kind": "months", "description": description}


DAYS: Schema = {
    "type": "string",
    "pattern": r"^\d{1,4} days?$",
    "x-kind": "days",
    "description": "How many days later it is overdue: 30 days",
}
SCHEMA = record(
    "When an account is assessed again",
    {
        "every": months("How often: 12 months"),
        "overdue_after": DAYS,
        "because": text("Why it is done so often"),
        "source": text("Who decided it"),
    },
    ("every", "overdue_after"),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the rhythm."""
    if isinstance(doc, Mapping):
        every, after = (int(doc.text(key).split(" ")[0]) for key in ("every", "overdue_after"))
        draft.year = replace(draft.year, reassess=Reassess(every, after, doc.where))
