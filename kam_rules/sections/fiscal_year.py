"""The fiscal year that the policy governs, labelled by the year in which it ends.

Example:
    fiscal_year: FY2027

Prefer the name that Finance uses.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Scalar
from kam_rules.model.schema import text
from kam_rules.sections._draft import Draft

SCHEMA = text("The label of the fiscal year, by the year in which it ends, such as FY2027")
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the label."""
    if isinstance(doc, Scalar):
        draft.fiscal_year = doc.text
