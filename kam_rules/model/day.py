"""A day as a document writes it: year-month-day."""

from __future__ import annotations

import datetime as dt

from kam_rules.model.document import Scalar
from kam_rules.model.errors import Finding


def read_day(scalar: Scalar | None, findings: list[Finding]) -> dt.date | None:
    """Return the day; None where there is none, or, once KR105 is kept in `findings`, where the calendar does not have it."""
    if scalar is None:
        return None
    try:
        return dt.date.fromisoformat(scalar.text)
    except ValueError:
        findings.append(Finding("KR105", f"{scalar.text} is not in the calendar", scalar.where, "check month and day"))
        return None
