"""The first and the last day on which the policy is in force; both count.

A run is decided for a day inside: the day of the data where it lies inside, the first day where it lies before.

Example:
    effective: {from: 2026-07-01, to: 2027-06-30}

Prefer the fiscal year's own days.
Avoid a gap between two years' policies: on a day without a policy nothing is decided.
"""

from __future__ import annotations

import re

from kam_rules.model.document import Doc, Mapping, at
from kam_rules.model.schema import date, record
from kam_rules.sections._draft import Draft

SCHEMA = record(
    "The days on which the policy is in force",
    {"from": date("The first day, inclusive"), "to": date("The last day, inclusive")},
    ("from", "to"),
)
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep both days; the last may not lie before the first."""
    if not isinstance(doc, Mapping):
        return
    start, end = draft.day(doc.scalar("from")), draft.day(doc.scalar("to"))
    if start is None or end is None:
        return
    if end < start:
        draft.fault("KR314", f"the last day, {end}, lies before the first, {start}", at(doc, ("to",)), "swap them")
    draft.start, draft.end, draft.dated = start, end, start <= end
    year = re.search(r"(?<!\d)\d{4}(?!\d)", draft.fiscal_year)
    if draft.dated and year is not None and int(year[0]) != end.year:
        message = f"{draft.fiscal_year} ends in {end.year}, and is labelled by the year in which it ends"
        draft.fault("KR333", message, at(doc, ("to",)), f"write fiscal_year: FY{end.year}, or correct the days")
