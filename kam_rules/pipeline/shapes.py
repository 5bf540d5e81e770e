"""What the shapes of documents are made of: a text, a list, a mapping with exactly these keys."""

from __future__ import annotations

from kam_rules.model.schema import Schema


def of_kind(kind: str, description: str) -> Schema:
    """Return the shape of a JSON kind."""
    return {"type": kind, "description": description}


def or_null(description: str, kind: str = "string") -> Schema:
    """Return the shape of a value that may be null."""
    return {"type": [kind, "null"], "description": description}


def text_of(description: str) -> Schema:
    """Return the shape of a text."""
    return of_kind("string", description)


def texts_of(description: str) -> Schema:
    """Return the shape of a list of texts."""
    return {"type": "array", "items": text_of("One of them"), "description": description}


def list_of(description: str, of: Schema) -> Schema:
    """Return the shape of a list of one shape."""
    return {"type": "array", "items": of, "description": description}


def words_of(description: str) -> Schema:
    """Return the shape of a mapping of texts."""
    return {"type": "object", "additionalProperties": {"type": ["string", "null"]}, "description": description}


def all_of(description: str, properties: dict[str, Schema], *optional: str) -> Schema:
    """Return a mapping with exactly these keys, all there but the optional ones."""
    required = [key for key in properties if key not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, "description": description}


def file_of() -> Schema:
    """Return the shape of a file with its hash."""
    return all_of("A file", {"path": text_of("The path as its user wrote it"), "sha256": text_of("SHA-256 of its bytes")})


def files_of(description: str) -> Schema:
    """Return the shape of files, each with its hash."""
    return list_of(description, file_of())
