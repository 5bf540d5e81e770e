"""The expression tree: the one language that sections write, engines evaluate and the trail reads aloud.

Fourteen node kinds; an engine implements these and no more. Numbers are exact fractions in the unit of the field.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from kam_rules.model.types import Type

Value = Fraction | str | bool | dt.date | None
"""A value of the language; None is missing, and of a condition: unknown."""


@dataclass(frozen=True, slots=True)
class Const:
    """A literal, or what the policy named once: then `name` says how it was called. None is always missing."""

    value: Value
    type: Type
    name: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """The value of a field, a derived figure, or what an earlier list decided."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Arith:
    """``+ - * /``; missing where a side is missing, and where the divisor is 0."""

    op: str
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """``= != < <= > >=``; unknown where a side is missing."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class And:
    """Kleene's and: false wins over unknown."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene's or: true wins over unknown."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene's not: unknown stays unknown."""

    item: Node


@dataclass(frozen=True, slots=True)
class Known:
    """True where the item has a value; never unknown. Of a condition: true where it is true or false."""

    item: Node


@dataclass(frozen=True, slots=True)
class If:
    """The value of one branch; missing where the condition is unknown."""

    condition: Node
    then: Node
    otherwise: Node
    type: Type


@dataclass(frozen=True, slots=True)
class FirstKnown:
    """The first item that has a value."""

    items: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Extreme:
    """The smallest (`min`) or largest (`max`) item; missing where one is missing."""

    op: str
    items: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Round:
    """The item rounded half to even to `places` decimals."""

    item: Node
    places: int
    type: Type


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `start` to `end`; negative where the end is earlier."""

    start: Node
    end: Node


@dataclass(frozen=True, slots=True)
class Months:
    """Completed months from `start` to `end`; negative where the end is earlier."""

    start: Node
    end: Node


Node = Const | Read | Arith | Compare | And | Or | Not | Known | If | FirstKnown | Extreme | Round | Days | Months

_BELOW = {
    kind: tuple(field.name for field in fields(kind) if field.type in {"Node", "tuple[Node, ...]"})
    for kind in (Const, Read, Arith, Compare, And, Or, Not, Known, If, FirstKnown, Extreme, Round, Days, Months)
}
"""The attributes of each kind of node that hold nodes."""
ZERO = Fraction(0)
TRUE = Const(value=True, type=Type.FLAG)


def number(value: Fraction | int, type_: Type = Type.NUMBER) -> Const:
    """Return a numeric literal."""
    return Const(Fraction(value), type_)


def type_of(node: Node) -> Type:
    """Return the type of the node's value."""
    if isinstance(node, Compare | And | Or | Not | Known):
        return Type.FLAG
    if isinstance(node, Days | Months):
        return Type.INTEGER
    return node.type


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below, in reading order."""
    found: list[Node] = []
    for name in _BELOW[type(node)]:
        value = getattr(node, name)
        if isinstance(value, tuple):
            found.extend(value)
        else:
            found.append(value)
    return tuple(found)


def walk(node: Node) -> Iterator[Node]:
    """Walk the node and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def reads(node: Node) -> tuple[str, ...]:
    """Return the names that the node reads, each once, in reading order."""
    return tuple(dict.fromkeys(n.name for n in walk(node) if isinstance(n, Read)))


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return the node with `change` applied to every node, those below first."""
    changed: dict[str, Node | tuple[Node, ...]] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            changed[field.name] = tuple(rebuild(item, change) for item in value)
        elif isinstance(value, Node):
            changed[field.name] = rebuild(value, change)
    return change(replace(node, **changed) if changed else node)  # type: ignore[arg-type]


def bind(node: Node, constants: Mapping[str, Const]) -> Node:
    """Return the node with every read of a name in `constants` replaced by its value."""

    def change(part: Node) -> Node:
        return constants.get(part.name, part) if isinstance(part, Read) else part

    return rebuild(node, change)


def both(*items: Node) -> Node:
    """Return the conjunction of the items; of none it is true, of one that item."""
    flat = [part for item in items for part in (item.items if isinstance(item, And) else (item,)) if part != TRUE]
    return And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else TRUE


def surely(condition: Node) -> Node:
    """Return a condition that is true where the given one is true, and false where it is false or unknown."""
    return And((Known(condition), condition))
