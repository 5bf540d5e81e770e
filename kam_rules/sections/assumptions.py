"""Figures that the policy takes from outside, each with its date, source and approver.

A value holds from its date until the next date. A percent is a ratio, a bare number a number; an amount carries the
currency: 250000 USD. `--set inflation=3%` tries another value in one run, and the run says so.

Example:
    assumptions:
      inflation:
        2026-07-01: {value: 5%, source: Finance planning rates 2026-05, approved_by: finance}

Prefer a new date over a changed value: what was decided under the old one stays explained.
Avoid a figure that nobody approved.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from kam_rules.feel.typing import LARGEST
from kam_rules.model.amounts import LITERAL_DECIMALS, decimals, parse_number, parse_percent
from kam_rules.model.document import Doc, Mapping, Scalar
from kam_rules.model.policy import Assumption, Dated
from kam_rules.model.schema import literal, record, table, text
from kam_rules.model.types import Type
from kam_rules.sections._draft import Draft

VALUE = record(
    "One value, from its date on",
    {
        "value": literal("A percent, a number, or an amount with its currency: 5%, 12, 250000 USD"),
        "source": text("Where the figure comes from"),
        "approved_by": text("Who approved it"),
    },
    ("value", "source", "approved_by"),
)
SCHEMA = table("Figures from outside, by name and date", table("Values by the day from which they hold", VALUE, "date", least=1))
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep every assumption with its values by date."""
    if not isinstance(doc, Mapping):
        return
    for entry in doc.entries:
        if not draft.name(entry.key, entry.where) or not isinstance(entry.value, Mapping):
            continue
        found = _values(entry.value, draft)
        types = {type_ for type_, _ in found}
        if len(types) > 1:
            odd = next(value for type_, value in found if type_ is not found[0][0])
            message = f"the values of '{entry.key}' have different units: {found[0][0]} and {next(t for t, v in found if v is odd)}"
            draft.fault("KR212", message, odd.where, "give all the same unit", [(found[0][1].where, "the first value")])
        if len(types) == 1:
            values = tuple(sorted((value for _, value in found), key=lambda value: value.since))
            draft.assumptions[entry.key] = Assumption(entry.key, found[0][0], values)
        else:
            draft.broken.add(entry.key)


def _values(doc: Mapping, draft: Draft) -> list[tuple[Type, Dated]]:
    found = []
    for entry in doc.entries:
        day = draft.day(Scalar(entry.key, entry.where))
        value = entry.value.scalar("value") if isinstance(entry.value, Mapping) else None
        if value is None or day is None or not isinstance(entry.value, Mapping):
            continue
        parsed = parse_value(value.text, draft.currency)
        if parsed is None and not draft.currency:  # whose own fault is told; this may be an amount in it
            continue
        if parsed is None:
            fix = f"write 5%, 12 or 250000 {draft.currency}, with at most 6 decimals"
            draft.fault("KR105", f"'{value.text}' is no percent, number or amount", value.where, fix)
            continue
        dated = Dated(day, parsed[1], entry.value.text("source"), entry.value.text("approved_by"), value.where)
        found.append((parsed[0], dated))
    return found


def parse_value(text: str, currency: str) -> tuple[Type, Fraction] | None:
    """Return the unit and the value of an assumption, or None where the text is none.

    Examples:
        >>> parse_value("5%", "USD")
        (<Type.RATIO: 'ratio'>, Fraction(1, 20))
    """
    body, _, unit = text.rpartition(" ")
    amount = parse_number(body) if unit == currency else None
    ratio, plain = parse_percent(text), parse_number(text)
    for type_, value in ((Type.MONEY, amount), (Type.RATIO, ratio), (Type.NUMBER, plain)):
        if value is not None and decimals(value) <= LITERAL_DECIMALS and abs(value) < LARGEST:
            return type_, value
    return None


def constant_dates(assumptions: dict[str, Assumption], start: dt.date, end: dt.date) -> tuple[dt.date, ...]:
    """Return the days inside the policy's year on which some assumption changes, the first day among them."""
    dates = {value.since for a in assumptions.values() for value in a.values if start <= value.since <= end}
    return tuple(sorted({start, *dates}))
