"""The shapes that a section's values can have, as JSON Schema fragments with a description each.

`x-kind` names the kind of text where JSON Schema has no word for it; the reader of files reports faults by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

IDENTIFIER = r"^[^\W\d]\w*$"
PERCENT = r"^[+-]?(\d+(\.\d+)?|\.\d+)%$"
AMOUNT = r"^[+-]?(\d+(\.\d*)?|\.\d+)$"
DATE = r"^\d{4}-\d{2}-\d{2}$"


def text(description: str) -> Schema:
    """Return the shape of a sentence or a name."""
    return {"type": "string", "minLength": 1, "x-kind": "text", "description": description}


def identifier(description: str) -> Schema:
    """Return the shape of a name that other places refer to."""
    return {"type": "string", "pattern": IDENTIFIER, "x-kind": "identifier", "description": description}


def percent(description: str) -> Schema:
    """Return the shape of a percent such as 35%."""
    return {"type": "string", "pattern": PERCENT, "x-kind": "percent", "description": description}


def date(description: str) -> Schema:
    """Return the shape of a day such as 2026-07-01."""
    return {"type": "string", "pattern": DATE, "x-kind": "date", "description": description}


def literal(description: str) -> Schema:
    """Return the shape of one value: a number, a percent, a word."""
    return {"type": ["string", "number", "boolean"], "x-kind": "literal", "description": description}


def expression(description: str) -> Schema:
    """Return the shape of a condition or a calculation."""
    return {"type": ["string", "number", "boolean"], "x-kind": "expression", "description": description}


def integer(description: str, least: int | None = None, most: int | None = None) -> Schema:
    """Return the shape of a whole number."""
    limits = {"minimum": least, "maximum": most}
    return {"type": "integer", "description": description} | {k: v for k, v in limits.items() if v is not None}


def number(description: str, least: int | None = None, most: int | None = None) -> Schema:
    """Return the shape of a decimal number."""
    return integer(description, least, most) | {"type": "number"}


def flag(description: str) -> Schema:
    """Return the shape of true or false."""
    return {"type": "boolean", "description": description}


def only(value: bool, description: str) -> Schema:  # noqa: FBT001 - the value is the point
    """Return the shape of a key that can only be written with one value."""
    return {"type": "boolean", "enum": [value], "description": description}


def choice(description: str, *values: str) -> Schema:
    """Return the shape of one word out of some."""
    return {"type": "string", "enum": list(values), "description": description}


def listing(description: str, of: Schema, least: int = 1, most: int | None = None) -> Schema:
    """Return the shape of a list."""
    found: Schema = {"type": "array", "items": of, "minItems": least, "description": description}
    return found if most is None else found | {"maxItems": most}


def record(
    description: str,
    properties: Mapping[str, Schema],
    required: tuple[str, ...] = (),
    elsewhere: Mapping[str, str] | None = None,
) -> Schema:
    """Return the shape of a mapping with known keys; `elsewhere` names keys that stand in another place, and where."""
    found: Schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
        "description": description,
    }
    return found | ({"x-elsewhere": dict(elsewhere)} if elsewhere else {})


def table(description: str, of: Schema, keys: str = "identifier", least: int = 0) -> Schema:
    """Return the shape of a mapping whose keys the writer chooses; `keys` is identifier, date or text."""
    pattern = {"identifier": IDENTIFIER, "date": DATE, "text": "."}[keys]
    return {
        "type": "object",
        "propertyNames": {"pattern": pattern, "x-kind": keys},
        "additionalProperties": of,
        "minProperties": least,
        "description": description,
    }


def either(description: str, *options: Schema) -> Schema:
    """Return a choice of shapes that differ in kind: a text, a list or a mapping."""
    return {"oneOf": list(options), "description": description}


REMOVE: Schema = {"type": "boolean", "enum": [True], "description": "Take away what the extended policy has here"}
AWAY: Schema = {"away": {"type": "object", "properties": {"remove": REMOVE}, "required": ["remove"], "additionalProperties": False}}
"""The definition that a partial shape points to: what stands in a value's place where it is taken away."""
PLACES = {word: identifier(f"Stand {word} the item of this id") for word in ("before", "after")}


def partial(schema: Schema) -> Schema:
    """Return the shape of what is merged over a whole of that shape: nothing is required, and parts can be taken away."""
    found = {key: value for key, value in schema.items() if key not in {"required", "minItems", "minProperties"}}
    if isinstance(found.get("items"), dict):
        found["items"] = _item(found["items"])
    if isinstance(found.get("additionalProperties"), dict):
        found["additionalProperties"] = _removable(found["additionalProperties"])
    if "properties" in found:
        found["properties"] = {key: _removable(part) for key, part in found["properties"].items()}
    if "oneOf" in found:
        found["oneOf"] = [partial(option) for option in found["oneOf"]]
    return found


def _item(schema: Schema) -> Schema:
    """Return the shape of an item of a list: one with an id is merged, and may go away or elsewhere; others stand whole."""
    if "id" not in schema.get("properties", {}):
        return schema
    found = partial(schema)
    return found | {"required": ["id"], "properties": {**found["properties"], "remove": REMOVE, **PLACES}}


def _removable(schema: Schema) -> Schema:
    return {"description": schema.get("description", ""), "anyOf": [partial(schema), {"$ref": "#/$defs/away"}]}
