"""From a tree back to text that a person reads, in the words of the language."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from kam_rules.model.amounts import decimals, percent, shown
from kam_rules.model.tree import (
    And,
    Arith,
    Compare,
    Const,
    Days,
    Extreme,
    FirstKnown,
    If,
    Known,
    Months,
    Node,
    Not,
    Or,
    Read,
    Round,
    Value,
    type_of,
)
from kam_rules.model.types import Type

SHOWN_PLACES = 6
_STRENGTH = {Or: 1, And: 2, Compare: 3}
_ARITH = {"+": 4, "-": 4, "*": 5, "/": 5}
_SIGN = 6
_ATOM = 9


def say(node: Node) -> str:
    """Write the tree as an expression; reading it again gives the same tree, but for sugar."""
    return _say(node, 0)


def value(found: Value, type_: Type, *, minor: int = 2) -> str:
    """Write a value in the unit of its type: ``missing``, ``true``, ``42%``, ``1,250,000.50``."""
    if found is None:
        return "missing"
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, dt.date):
        return found.isoformat()
    if isinstance(found, str):
        return f'"{found}"'
    if type_ is Type.RATIO:
        return percent(found)
    if type_ is Type.MONEY:
        places = max(minor, min(decimals(found), SHOWN_PLACES))
        return shown(found, places, least=minor)
    return shown(found, SHOWN_PLACES)


def _say(node: Node, outer: int) -> str:
    text, strength = _parts(node)
    return f"({text})" if strength < outer else text


def _parts(node: Node) -> tuple[str, int]:  # noqa: C901, PLR0911, PLR0912 - one line a node kind
    match node:
        case Const():
            return _literal(node), _ATOM
        case Read(name):
            return name, _ATOM
        case Arith("-", Const(value=0, name="") as zero, right) if _negated(zero, right):
            return f"-{_say(right, _SIGN)}", _SIGN
        case Arith(op, left, right):
            strength = _ARITH[op]
            return f"{_say(left, strength)} {op} {_say(right, strength + 1)}", strength
        case Compare(op, left, right):
            return f"{_say(left, 4)} {op} {_say(right, 4)}", 3
        case And(items):
            return " and ".join(_say(item, 3) for item in items), 2
        case Or(items):
            return " or ".join(_say(item, 2) for item in items), 1
        case Not(item):
            return f"not({_say(item, 0)})", _ATOM
        case Known(item):
            return f"known({_say(item, 0)})", _ATOM
        case If(condition, then, otherwise):
            return f"if {_say(condition, 1)} then {_say(then, 1)} else {_say(otherwise, 0)}", 0
        case FirstKnown(items):
            return f"first_known({', '.join(_say(item, 0) for item in items)})", _ATOM
        case Extreme(op, items):
            return f"{op}({', '.join(_say(item, 0) for item in items)})", _ATOM
        case Round(item, places):
            return f"round({_say(item, 0)}, {places})", _ATOM
        case Days(start, end):
            return f"days({_say(start, 0)}, {_say(end, 0)})", _ATOM
        case Months(start, end):
            return f"months({_say(start, 0)}, {_say(end, 0)})", _ATOM


def _negated(zero: Const, item: Node) -> bool:
    """Tell whether 0 - item was written -item: the 0 has the item's unit, and a literal carries its own sign."""
    return zero.type is type_of(item) and not (isinstance(item, Const) and not item.name)


def _literal(node: Const) -> str:
    if node.name:
        return node.name
    if isinstance(node.value, dt.date):
        return f'date("{node.value.isoformat()}")'
    if isinstance(node.value, Fraction):
        ratio = node.type is Type.RATIO
        return shown(node.value * (100 if ratio else 1), SHOWN_PLACES, thousands=False) + ("%" if ratio else "")
    if isinstance(node.value, str):
        return '"' + node.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value(node.value, node.type)
