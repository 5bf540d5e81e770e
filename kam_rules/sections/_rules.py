"""From a mapping of the document to a rule: its condition as it stands there, its reason, its notes, its place."""

from __future__ import annotations

from kam_rules.model.document import Mapping, Scalar
from kam_rules.model.program import Rule
from kam_rules.model.tree import Const, Node, Read
from kam_rules.model.types import Field, Type

NOTHING = Const(None, Type.RATIO)
NO_MONEY = Const(None, Type.MONEY)


def notes(doc: Mapping, *keys: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of key and text that are there; a list becomes one text."""
    found = []
    for key in keys:
        value = doc.get(key)
        if value is not None:
            items = value.items if not isinstance(value, Scalar | Mapping) else (value,)
            found.append((key, ", ".join(item.text for item in items if isinstance(item, Scalar))))
    return tuple(found)


def rule(doc: Mapping, when: Node, *gives: Node, id_: str | None = None, extra: tuple[str, ...] = ()) -> Rule:
    """Return a rule from its mapping: id, reason, place and the text of its condition."""
    condition = doc.scalar("when")
    text = condition.text if condition else "otherwise"
    where = doc.key_where("when" if condition else "otherwise")
    id_ = id_ if id_ is not None else doc.text("id")
    return Rule(id_, when, gives, text, doc.text("because"), notes(doc, "source", *extra), where)


def read_of(found: Field) -> Read:
    """Return the tree that reads a field."""
    return Read(found.name, found.type)
