"""Who answers for the policy: a function or a person.

Example:
    owner: revenue-operations

Prefer a function over a person's name: people move.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Scalar
from kam_rules.model.schema import text
from kam_rules.sections._draft import Draft

SCHEMA = text("The function or person that answers for the policy")
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the owner."""
    if isinstance(doc, Scalar):
        draft.owner = doc.text
