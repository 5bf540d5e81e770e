"""Which parts of a condition made it true, false or unknown, from which values, and how near each was to turning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.backends.reference import evaluate
from kam_rules.model.tree import And, Compare, Const, Node, Not, Or, Read, Value, children, type_of
from kam_rules.model.types import Type


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison or flag: its truth, the values on both sides, and the distance to its edge (None: no number)."""

    node: Node
    truth: bool | None
    left: Value = None
    right: Value = None
    type: Type = Type.FLAG
    margin: Fraction | None = None


def parts(node: Node, facts: Mapping[str, Value]) -> tuple[Part, ...]:
    """Return the parts that carry the truth of a condition: the false ones of a false `and`, and so on."""
    return tuple(_walk(node, facts))


def _walk(node: Node, facts: Mapping[str, Value]) -> Iterator[Part]:
    truth = evaluate(node, facts)
    if isinstance(node, And | Or):
        carrying = [item for item in node.items if evaluate(item, facts) is truth]
        for item in carrying:
            yield from _walk(item, facts)
    elif isinstance(node, Not) and isinstance(node.item, And | Or | Compare):
        yield from _walk(node.item, facts)
    else:
        yield part(node, facts)


def part(node: Node, facts: Mapping[str, Value]) -> Part:
    """Return one part with its values."""
    truth = evaluate(node, facts)
    known = truth if isinstance(truth, bool) else None
    if not isinstance(node, Compare):
        return Part(node, known, known)
    left, right = evaluate(node.left, facts), evaluate(node.right, facts)
    margin = None
    if node.op not in {"=", "!="} and isinstance(left, Fraction) and isinstance(right, Fraction):
        margin = left - right
    return Part(node, known, left, right, type_of(node.left), margin)


def read_values(node: Node, facts: Mapping[str, Value]) -> tuple[tuple[str, Type, Value], ...]:
    """Return each name that a tree reads, with type and value, assumptions among them."""
    found: dict[str, tuple[str, Type, Value]] = {}
    stack = [node]
    while stack:
        item = stack.pop(0)
        if isinstance(item, Read):
            found.setdefault(item.name, (item.name, item.type, facts.get(item.name)))
        elif isinstance(item, Const) and item.name:
            found.setdefault(item.name, (item.name, item.type, item.value))
        else:
            stack = [*children(item), *stack]
    return tuple(found.values())
