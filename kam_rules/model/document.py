"""A YAML text as written: every scalar is text, every key and value keeps its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kam_rules.model.errors import Where


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text; `quoted` tells "3" from 3, `where` is its first character."""

    text: str
    where: Where
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Items in their order."""

    items: tuple[Doc, ...]
    where: Where

    def __iter__(self) -> Iterator[Doc]:
        """Walk the items."""
        return iter(self.items)

    def maps(self) -> tuple[Mapping, ...]:
        """Return the items that are mappings. The shape has been checked before."""
        return tuple(item for item in self.items if isinstance(item, Mapping))

    def scalars(self) -> tuple[Scalar, ...]:
        """Return the items that are scalars. The shape has been checked before."""
        return tuple(item for item in self.items if isinstance(item, Scalar))


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its place, and the value under it."""

    key: str
    where: Where
    value: Doc


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries in their order; keys are unique."""

    entries: tuple[Entry, ...]
    where: Where

    def get(self, key: str) -> Doc | None:
        """Return the value under `key`, or None where the key is absent."""
        return next((e.value for e in self.entries if e.key == key), None)

    def __contains__(self, key: object) -> bool:
        """Tell whether the key stands here."""
        return any(e.key == key for e in self.entries)

    def key_where(self, key: str) -> Where:
        """Return the place of the key itself, or of the mapping where it is absent."""
        return next((e.where for e in self.entries if e.key == key), self.where)

    def map(self, key: str) -> Mapping:
        """Return the mapping under `key`; an absent one is empty. The shape has been checked before."""
        value = self.get(key)
        return value if isinstance(value, Mapping) else Mapping((), self.key_where(key))

    def list(self, key: str) -> tuple[Doc, ...]:
        """Return the items under `key`; an absent list is empty. The shape has been checked before."""
        value = self.get(key)
        return value.items if isinstance(value, Listing) else ()

    def maps(self, key: str) -> tuple[Mapping, ...]:
        """Return the mappings in the list under `key`; an absent list is empty."""
        value = self.get(key)
        return value.maps() if isinstance(value, Listing) else ()

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        """Return the scalars in the list under `key`; an absent list is empty."""
        value = self.get(key)
        return value.scalars() if isinstance(value, Listing) else ()

    def scalar(self, key: str) -> Scalar | None:
        """Return the scalar under `key`, or None. The shape has been checked before."""
        value = self.get(key)
        return value if isinstance(value, Scalar) else None

    def text(self, key: str, default: str = "") -> str:
        """Return the text under `key`, or the default where it is absent."""
        value = self.scalar(key)
        return value.text if value is not None else default


Doc = Scalar | Listing | Mapping

Plain = str | list["Plain"] | dict[str, "Plain"]


def plain(doc: Doc) -> Plain:
    """Return the document without places: texts, lists and dicts in their order."""
    if isinstance(doc, Mapping):
        return {e.key: plain(e.value) for e in doc.entries}
    if isinstance(doc, Listing):
        return [plain(item) for item in doc.items]
    return doc.text


def at(doc: Doc, path: tuple[str | int, ...]) -> Where:
    """Return the place of what `path` leads to, or of the nearest thing above it."""
    where = doc.where
    for step in path:
        if isinstance(doc, Mapping) and isinstance(step, str):
            where, below = doc.key_where(step), doc.get(step)
        elif isinstance(doc, Listing) and isinstance(step, int) and step < len(doc.items):
            below = doc.items[step]
            where = below.where
        else:
            break
        if below is None:
            break
        doc = below
    return where if isinstance(doc, Mapping | Listing) else doc.where
