"""Hold a document against its schema: every fault at once, each with its place and what was expected."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from kam_rules.model.amounts import parse_number
from kam_rules.model.document import Doc, Listing, Mapping, Scalar, at
from kam_rules.model.errors import Finding, Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.schema import Schema

KINDS = {
    "currency": ("a currency", "write its three-letter code: USD"),
    "share": ("a share of accounts", "write 15% of accounts"),
    "identifier": ("a name", "a name starts with a letter and holds letters, digits and _"),
    "percent": ("a percent", "write a number with a percent sign: 35%"),
    "date": ("a day", "write year-month-day: 2026-07-01"),
    "text": ("a text", "write a few words"),
    "literal": ("a value", "write a number, a percent or a word"),
    "expression": ("a condition or a calculation", "quote it where it holds a comma, a colon or a #"),
}
TYPES = {
    "object": ("keys with values", "put its keys below, one a line"),
    "array": ("a list", "put the items in [ ], or below with - in front"),
    "integer": ("a whole number", "write digits only, without commas: 25"),
    "number": ("a number", "write digits without commas or signs: 2.5"),
    "boolean": ("true or false", "write true or false"),
    "string": ("a text", "write a text"),
}


def check_shape(document: Mapping, schema: Schema) -> list[Finding]:
    """Return every fault of the document's shape."""
    validator = Draft202012Validator(schema)
    return [f for error in validator.iter_errors(_instance(document, schema)) for f in _findings(error, document)]


def _instance(doc: Doc, schema: Schema) -> Any:  # noqa: ANN401 - what jsonschema calls an instance
    """Return the document as JSON values, each scalar typed as its schema asks."""
    schema = _branch(schema, doc)
    if isinstance(doc, Mapping):
        below = schema.get("properties", {})
        other = schema.get("additionalProperties")
        rest = other if isinstance(other, dict) else {}
        return {e.key: _instance(e.value, below.get(e.key, rest)) for e in doc.entries}
    if isinstance(doc, Listing):
        return [_instance(item, schema.get("items", {})) for item in doc.items]
    return _scalar(doc, schema.get("type"))


def _scalar(doc: Scalar, type_: object) -> Any:  # noqa: ANN401
    if type_ == "boolean" and doc.text in {"true", "false"}:
        return doc.text == "true"
    if type_ in ("integer", "number"):
        found = parse_number(doc.text)
        if found is not None:
            return int(found) if found.denominator == 1 and "." not in doc.text else Decimal(doc.text)
    return doc.text


def _branch(schema: Schema, doc: Doc) -> Schema:
    kind = "object" if isinstance(doc, Mapping) else "array" if isinstance(doc, Listing) else "scalar"
    for option in schema.get("oneOf", ()):
        type_ = option.get("type")
        if type_ == kind or (kind == "scalar" and type_ not in {"object", "array"}):
            return dict(option)
    return schema


def _findings(error: ValidationError, document: Mapping) -> Iterator[Finding]:
    path = tuple(error.absolute_path)
    where = at(document, path)
    schema: Schema = error.schema if isinstance(error.schema, dict) else {}
    name = _name(path)
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(error, document, path)
        case "required":
            yield from _missing_key(error, where, name)
        case "oneOf":
            yield from _one_of(error, document, where)
        case "type":
            yield _wrong_type(error, schema, where, name)
        case "enum":
            values = [_word(value) for value in schema["enum"]]
            fix = f"write {values[0]}, or leave it out" if len(values) == 1 else did_you_mean(str(error.instance), values)
            yield Finding("KR104", f"{name} cannot be '{_word(error.instance)}'", where, fix)
        case "pattern" | "minLength":
            kind, fix = KINDS[schema.get("x-kind", "text")]
            shown = f"'{error.instance}'" if error.instance else "nothing"
            yield Finding("KR105", f"{name} is {kind}, not {shown}", where, fix)
        case _:
            yield _limit(error, where, name)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(path: tuple[str | int, ...]) -> str:
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "this file"
    return f"an item of '{names[-1]}'" if path and isinstance(path[-1], int) else f"'{names[-1]}'"


def _unknown_keys(error: ValidationError, document: Mapping, path: tuple[str | int, ...]) -> Iterator[Finding]:
    schema: Schema = error.schema  # type: ignore[assignment]
    known, later = schema.get("properties", {}), schema.get("x-not-yet", {})
    for key in error.instance:
        if key in known:
            continue
        where = at_key(document, path, key)
        if key in later:
            message = f"'{key}' is not yet built: {later[key]}"
            yield Finding("KR109", message, where, "leave it out for now; it is refused rather than ignored")
        elif ")" in key or "]" in key or (" " in key and error.instance[key] == ""):
            message = f"a comma ends a value inside braces: '{key}' was read as a key"
            yield Finding("KR012", message, where, "quote the whole text, or unfold the braces into lines")
        else:
            yield Finding("KR101", f"{_name(path)} has no key '{key}'", where, did_you_mean(key, known))


def at_key(document: Mapping, path: tuple[str | int, ...], key: str) -> Where:
    """Return the place of a key, not of its value."""
    doc: Doc = document
    for step in path:
        doc = doc.get(step) if isinstance(doc, Mapping) else doc.items[step]  # type: ignore[assignment, index, union-attr, arg-type]
    return doc.key_where(key) if isinstance(doc, Mapping) else doc.where


def _missing_key(error: ValidationError, where: Where, name: str) -> Iterator[Finding]:
    schema: Schema = error.schema  # type: ignore[assignment]
    for key in schema["required"]:
        if key not in error.instance:
            about = schema["properties"].get(key, {}).get("description", "")
            # jsonschema reports each missing key by itself; its message starts with the key's name
            if error.message.startswith(repr(key)):
                yield Finding("KR102", f"{name} has no '{key}'", where, f"add {key}: {about[:1].lower()}{about[1:]}")


def _one_of(error: ValidationError, document: Mapping, where: Where) -> Iterator[Finding]:
    schema: Schema = error.schema  # type: ignore[assignment]
    kind = "object" if isinstance(error.instance, dict) else "array" if isinstance(error.instance, list) else "scalar"
    for index, option in enumerate(schema["oneOf"]):
        type_ = option.get("type")
        if type_ == kind or (kind == "scalar" and type_ not in {"object", "array"}):
            for below in error.context or ():
                if below.schema_path[0] == index:
                    yield from _findings(below, document)
            return
    yield Finding("KR103", f"{_name(tuple(error.absolute_path))} cannot be written so", where, schema["description"])


def _wrong_type(error: ValidationError, schema: Schema, where: Where, name: str) -> Finding:
    wanted = schema["type"] if isinstance(schema["type"], str) else "string"
    kind, fix = TYPES[wanted] if "x-kind" not in schema else KINDS[schema["x-kind"]]
    found = {dict: "keys with values", list: "a list"}.get(type(error.instance), f"'{error.instance}'")
    if found == "''":
        found = "nothing"
    if "x-kind" in schema and found == "a list":
        fix = 'it was read as a list because it starts with [: quote it, "[…]"'
    return Finding("KR103", f"{name} is {kind}, not {found}", where, fix)


def _limit(error: ValidationError, where: Where, name: str) -> Finding:
    limit = error.validator_value
    message, fix = {
        "minimum": (f"{name} is at least {limit}, not {error.instance}", f"write {limit} or more"),
        "maximum": (f"{name} is at most {limit}, not {error.instance}", f"write {limit} or less"),
        "minItems": (f"{name} needs at least {limit}", "add an item"),
        "maxItems": (f"{name} takes at most {limit}, not {len(error.instance) if isinstance(error.instance, list) else 0}", "take some out"),
        "minProperties": (f"{name} needs at least {limit}", "add one"),
    }.get(str(error.validator), (error.message, "see kam-rules schema"))
    return Finding("KR106", message, where, fix)
