"""How a year's quota is divided when an account changes hands: by days, or by whole months.

The day of a change is the new holder's first. By months a change falls on the first day of a fiscal month, so that no
month need be cut. Where nothing is written, it is by days.

Example:
    proration: days

Prefer days: months favour whoever hands over late.
Avoid another way in the middle of a year.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.document import Doc, Scalar
from kam_rules.model.schema import choice
from kam_rules.sections._draft import Draft

SCHEMA = choice("How a year's quota is divided when an account changes hands", "days", "months")
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the word; a year that is not twelve whole months cannot be divided by them."""
    if not isinstance(doc, Scalar):
        return
    draft.year = replace(draft.year, proration=doc.text)
    if doc.text == "months" and draft.dated and not draft.calendar.whole:
        draft.fault(
            "KR332",
            f"{draft.start} to {draft.end} is not twelve whole months",
            doc.where,
            "write days, or twelve whole months under effective",
        )
