"""Hold a document against its schema: every fault at once, each with its place and what was expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from kam_rules.model.amounts import parse_number
from kam_rules.model.document import Doc, Listing, Mapping, Scalar, at
from kam_rules.model.errors import Finding, Where
from kam_rules.model.names import did_you_mean, nearest
from kam_rules.model.schema import Schema
from kam_rules.pipeline.wanted import needs, wanted, word
from kam_rules.sections._draft import MOST_FAULTS

FEW = 20
"""Keys among which a misspelling is looked for."""


def check_shape(document: Mapping, schema: Schema) -> list[Finding]:
    """Return every fault of the document's shape; of a file of another kind, that it is one."""
    keys = [entry.key for entry in document.entries]
    other = [key for key in keys if key in schema.get("x-elsewhere", {})]
    if other and not set(keys) & set(schema["properties"]):
        message = f"'{other[0]}' stands elsewhere: {schema['x-elsewhere'][other[0]]}"
        return [Finding("KR109", message, at_key(document, (), other[0]), "this is another file than the one asked for: name that one")]
    validator = Draft202012Validator(schema)
    found = (f for error in validator.iter_errors(_instance(document, schema)) for f in _findings(error, document))
    return list(islice(found, MOST_FAULTS))


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
        if type_ == kind or (kind == "scalar" and type_ not in ("object", "array")):
            return dict(option)
    return schema


def _findings(error: ValidationError, document: Mapping) -> Iterator[Finding]:
    path = tuple(error.absolute_path)
    where = at(document, path)
    schema: Schema = error.schema if isinstance(error.schema, dict) else {}
    name = _name(document, path)
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(error, document, path)
        case "required":
            yield from _missing_key(error, where if path else Where(where.path), name)
        case "oneOf":
            yield from _one_of(error, document, where)
        case "type":
            yield _wrong_type(error, schema, where, name)
        case "enum" if schema.get("type") == "boolean" and not isinstance(error.instance, bool):
            return  # its type is told
        case "enum":
            yield Finding("KR104", f"{name} cannot be {word(error.instance)}", where, _choices(error.instance, schema))
        case "pattern" | "minLength" if "propertyNames" in error.absolute_schema_path:
            key = str(error.instance)
            what, fix = wanted(schema, key)
            yield Finding("KR105", f"the key {word(key)} needs to be {what}", at_key(document, path, key), fix)
        case "pattern" | "minLength":
            what, fix = wanted(schema, str(error.instance))
            yield Finding("KR105", needs(name, what, error.instance), where, fix)
        case _:
            yield _limit(error, where, name)


def _choices(found: object, schema: Schema) -> str:
    values = [str(value) for value in schema["enum"]]
    if schema.get("type") == "boolean":
        return f"write {values[0].lower()}, or leave it out"
    return did_you_mean(str(found), values) if len(values) > 1 else f"write {values[0]}"


def _name(document: Mapping, path: tuple[str | int, ...]) -> str:
    """Return what a place is called: the key, or for an item of a list its id."""
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "this file"
    if isinstance(path[-1], str):
        return f"'{path[-1]}'"
    doc = _below(document, path)
    id_ = doc.text("id") if isinstance(doc, Mapping) else ""
    return word(id_) if id_ else f"an item of '{names[-1]}'"


def _below(doc: Doc, path: tuple[str | int, ...]) -> Doc:
    for step in path:
        doc = doc.get(step) if isinstance(doc, Mapping) else doc.items[step]  # type: ignore[assignment, index, union-attr, arg-type]
    return doc


def _unknown_keys(error: ValidationError, document: Mapping, path: tuple[str | int, ...]) -> Iterator[Finding]:
    schema: Schema = error.schema  # type: ignore[assignment]
    known, elsewhere = schema.get("properties", {}), schema.get("x-elsewhere", {})
    found: Any = error.instance
    for key in found:
        if key in known:
            continue
        where = at_key(document, path, key)
        if key in elsewhere:
            message = f"'{key}' stands elsewhere: {elsewhere[key]}"
            yield Finding("KR109", message, where, "write it there; it is refused here rather than ignored")
        else:
            yield Finding("KR101", f"the key {word(key)} is not known here", where, did_you_mean(key, known))


def at_key(document: Mapping, path: tuple[str | int, ...], key: str) -> Where:
    """Return the place of a key, not of its value."""
    doc = _below(document, path)
    return doc.key_where(key) if isinstance(doc, Mapping) else doc.where


def _missing_key(error: ValidationError, where: Where, name: str) -> Iterator[Finding]:
    schema: Schema = error.schema  # type: ignore[assignment]
    found: Any = error.instance
    known = schema["properties"]
    misspelled = {nearest(key, known) for key in islice(found, FEW) if key not in known}
    for key in schema["required"]:
        # jsonschema reports each missing key by itself; its message starts with the key's name
        if key not in found and key not in misspelled and error.message.startswith(repr(key)):
            about = known.get(key, {}).get("description", "")
            values = known.get(key, {}).get("enum", ())
            how = f" Write {' or '.join(values)}" if len(values) > 1 else ""
            yield Finding("KR102", f"{name} has no '{key}'", where, f"add '{key}': {about[:1].lower()}{about[1:]}{'.' * bool(how)}{how}")


def _one_of(error: ValidationError, document: Mapping, where: Where) -> Iterator[Finding]:
    schema: Schema = error.schema  # type: ignore[assignment]
    kind = "object" if isinstance(error.instance, dict) else "array" if isinstance(error.instance, list) else "scalar"
    forms = [form for option in schema["oneOf"] for form in _forms(option)]
    fix = f"write {', '.join(forms[:-1])} or {forms[-1]}"
    for index, option in enumerate(schema["oneOf"]):
        type_ = option.get("type")
        if type_ == kind or (kind == "scalar" and type_ not in ("object", "array")):
            for below in error.context or ():
                if below.schema_path[0] == index:
                    for finding in _findings(below, document):
                        near = finding.code != "KR104" or finding.fix.startswith("did you mean")
                        yield finding if near else replace(finding, fix=fix)
            return
    name = _name(document, tuple(error.absolute_path))
    yield Finding("KR103", f"{name} cannot be {'a list' if kind == 'array' else 'written so'}", where, fix)


def _forms(option: Schema) -> list[str]:
    """Return how a value of that shape is written."""
    if option.get("type") == "object":
        return [f"{{{', '.join(f'{key}: …' for key in option.get('required', ('NAME',)))}}}"]
    return [str(value) for value in option.get("enum", ("a number" if option.get("x-kind") == "literal" else "a text",))]


def _wrong_type(error: ValidationError, schema: Schema, where: Where, name: str) -> Finding:
    found = error.instance if isinstance(error.instance, str) else ""
    what, fix = wanted(schema, found)
    if "x-kind" in schema and isinstance(error.instance, list):
        fix = 'what starts with [ is read as a list: quote it, "[…]"'
    if "x-kind" in schema and isinstance(error.instance, dict):
        fix = 'what starts with { or holds ": " is read as keys: quote it'
    return Finding("KR103", needs(name, what, error.instance), where, fix)


def _limit(error: ValidationError, where: Where, name: str) -> Finding:
    limit: Any = error.validator_value
    found = error.instance
    count = len(found) if isinstance(found, list | dict) else 0
    few = f"{name} needs {limit} items, not {count}" if count else f"{name} is empty; it needs at least {limit} item{'s' * (limit > 1)}"
    message, fix = {
        "minimum": (f"{name} is at least {limit}, not {found}", f"write {limit} or more"),
        "maximum": (f"{name} is at most {limit}, not {found}", f"write {limit} or less"),
        "minItems": (few, "add what is missing" if count else "add one, or leave the key out if it may be absent"),
        "maxItems": (f"{name} takes {limit} items, not {count}", "take out the others"),
        "minProperties": (few, "add one, or leave the key out if it may be absent"),
    }.get(str(error.validator), (error.message, "see kam-rules schema"))
    return Finding("KR106", message, where, fix)
