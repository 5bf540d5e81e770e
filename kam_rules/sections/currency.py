"""The currency of every amount, as its ISO 4217 code. Amounts are kept to its smallest unit.

Example:
    currency: USD

Avoid mixed currencies: convert at the source, by one dated rate.
"""

from __future__ import annotations

from kam_rules.model.amounts import minor_digits
from kam_rules.model.document import Doc, Scalar
from kam_rules.model.schema import Schema
from kam_rules.sections._draft import Draft

SCHEMA: Schema = {
    "type": "string",
    "pattern": "^[A-Z]{3}$",
    "x-kind": "currency",
    "description": "The ISO 4217 code of the currency of every amount, such as USD",
}
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the currency and how many decimals its amounts have."""
    if isinstance(doc, Scalar):
        draft.currency, draft.minor = doc.text, minor_digits(doc.text)
