"""What a value should have been, in words, and how its writer probably meant it."""

from __future__ import annotations

import re

from kam_rules.feel.units import percent_meant
from kam_rules.model.amounts import parse_number
from kam_rules.model.schema import IDENTIFIER, Schema

LONGEST = 60
"""Characters of a wrong value that are repeated."""
KINDS = {
    "currency": ("the code of a currency", "write its three letters: USD"),
    "share": ("a share of accounts", "write 15% of accounts"),
    "points": ("points of the score", "write 3 points"),
    "reviews": ("a number of reviews", "write 2 reviews"),
    "months": ("a number of months", "write 12 months"),
    "days": ("a number of days", "write 180 days"),
    "identifier": ("a name", "start with a letter; use letters, digits and _"),
    "percent": ("a percent", "write a number with a percent sign: 35%"),
    "date": ("a day", "write year-month-day: 2026-07-01"),
    "text": ("a text", "write a few words"),
    "literal": ("a value", "write a number, a percent or a word"),
    "expression": ("a condition or a calculation", "write one, such as score >= 75"),
}
TYPES = {
    "object": ("keys with values", "put its keys below, one a line"),
    "array": ("a list", "put the items in [ ], or below with - in front"),
    "integer": ("a whole number", "write digits only: 25"),
    "number": ("a number", "write digits only: 2.5"),
    "boolean": ("true or false", "write true or false"),
    "string": ("a text", "write a text"),
}
TRUTH = {"yes": "true", "y": "true", "on": "true", "true": "true", "no": "false", "n": "false", "off": "false", "false": "false"}


def word(value: object) -> str:
    """Return a wrong value in quotes, cut where it is long."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}'" if len(text) <= LONGEST else f"'{text[:LONGEST]}…'"


def needs(name: str, what: str, found: object) -> str:
    """Return the sentence that something else is wanted."""
    kind = "keys with values" if isinstance(found, dict) else "a list" if isinstance(found, list) else word(found)
    return f"{name} is empty; it needs {what}" if found == "" else f"{name} needs {what}, not {kind}"


def wanted(schema: Schema, found: str) -> tuple[str, str]:
    """Return what is wanted, and how to write it: as the writer meant it, where that can be told."""
    type_: str = schema["type"] if isinstance(schema.get("type"), str) else "string"
    kind: str = schema.get("x-kind", type_)
    what, fix = KINDS[kind] if kind in KINDS else TYPES[type_]
    return what, _meant(kind, found.strip()) or fix


def _meant(kind: str, text: str) -> str:
    if kind == "percent":
        body = re.sub(r"\s", "", text).replace(",", ".")
        number = parse_number(body.removesuffix("%"))
        return "" if number is None else f"write {body}" if body.endswith("%") else percent_meant(number)
    if kind in {"integer", "number"}:
        body = re.sub(r"[\s,_$€£%]", "", text)
        number = parse_number(body)
        return f"write {body}" if number is not None and (kind == "number" or number.denominator == 1) else ""
    if kind == "boolean":
        return f"write {TRUTH[text.casefold()]}" if text.casefold() in TRUTH else ""
    if kind == "date":
        day = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
        return f"write {day[1]}-{day[2]:0>2}-{day[3]:0>2}" if day else ""
    if kind == "identifier":
        name = re.sub(r"\W+", "_", text).strip("_")
        return f"write {name}: a name holds letters, digits and _" if re.match(IDENTIFIER, name) and len(name) <= LONGEST else ""
    return f"write {text} of accounts" if kind == "share" and text.endswith("%") else ""
