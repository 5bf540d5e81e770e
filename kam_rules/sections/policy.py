"""The name of the policy; the same in every fiscal year.

Example:
    policy: key-accounts

Prefer a name of the programme, not of the year: the year stands in `fiscal_year`.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Scalar
from kam_rules.model.schema import text
from kam_rules.sections._draft import Draft

SCHEMA = text("The name of the policy, the same in every fiscal year")
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the name."""
    if isinstance(doc, Scalar):
        draft.id = doc.text
