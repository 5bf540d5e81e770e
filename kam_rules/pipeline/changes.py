"""What one policy says otherwise than another, value by value: items are matched by their id, everything else by its key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kam_rules.model.document import Doc, Listing, Mapping, Scalar
from kam_rules.model.errors import Where

HEADER = ("policy", "fiscal_year", "effective", "extends")
"""Keys that change with every year."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is new (no `old`), gone (no `new`) or another; `where` is its place in the newer policy, if it has one."""

    path: str
    old: str
    new: str
    where: Where | None


def changes(old: Mapping, new: Mapping) -> tuple[Change, ...]:
    """Return every change from one policy to the next, in the order of the newer one."""
    return tuple(change for change in _mapping(old, new, "") if change.path.partition(".")[0] not in HEADER)


def _mapping(old: Mapping, new: Mapping, above: str) -> Iterator[Change]:
    for entry in new.entries:
        yield from _value(old.get(entry.key), entry.value, f"{above}{entry.key}")
    yield from (Change(f"{above}{entry.key}", _text(entry.value), "", None) for entry in old.entries if entry.key not in new)


def _value(old: Doc | None, new: Doc, path: str) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mapping(old, new, f"{path}.")
    elif isinstance(old, Listing) and isinstance(new, Listing) and _ids(old) and _ids(new):
        before, after = _ids(old), _ids(new)
        for id_, item in after.items():
            yield from _value(before.get(id_), item, f"{path}.{id_}")
        yield from (Change(f"{path}.{id_}", _text(item), "", None) for id_, item in before.items() if id_ not in after)
        kept = [id_ for id_ in before if id_ in after]
        if kept != [id_ for id_ in after if id_ in before]:
            yield Change(f"{path} (order)", ", ".join(kept), ", ".join(id_ for id_ in after if id_ in before), new.where)
    elif old is None or _text(old) != _text(new):
        yield Change(path, "" if old is None else _text(old), _text(new), new.where)


def _ids(doc: Listing) -> dict[str, Mapping]:
    """Return the items by their id; nothing where one has none."""
    found = {item.text("id"): item for item in doc.items if isinstance(item, Mapping) and item.text("id")}
    return found if len(found) == len(doc.items) else {}


def _text(doc: Doc) -> str:
    """Write a value in one line; an id goes without saying."""
    if isinstance(doc, Scalar):
        return doc.text
    if isinstance(doc, Listing):
        return f"[{', '.join(_text(item) for item in doc.items)}]"
    return ", ".join(f"{entry.key}: {_text(entry.value)}" for entry in doc.entries if entry.key != "id")
