"""What a key account is, in one sentence each: what it is, what they bring, what we bring.

Article 004 asks for one explicit definition, published to everyone; all three parts are required.

Example:
    definition:
      is: A customer whose growth we can name and who wants to build a plan with us
      they_bring: Long-term growth, market position, early word of new needs
      we_bring: Engineering help, first access to new functionality, expedited service

Prefer words that a customer could read.
Avoid naming a size of revenue: a key account is defined by what both sides bring.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Mapping
from kam_rules.model.schema import record, text
from kam_rules.sections._draft import Draft

PARTS = {
    "is": text("What a key account is"),
    "they_bring": text("The value that a key account brings us"),
    "we_bring": text("The value that we bring a key account"),
}
SCHEMA = record("What a key account is; published to everyone", PARTS, tuple(PARTS))
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the three sentences."""
    if isinstance(doc, Mapping):
        draft.definition = tuple((part, doc.text(part)) for part in PARTS)
