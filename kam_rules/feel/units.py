"""What has a unit in common: which values can be compared, added and scaled, and what to write where they cannot.

Money ± money is money, money / money a ratio, a ratio or a bare number scales anything; what has no unit in common is
neither added nor compared.
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.feel.scope import Scope
from kam_rules.model.amounts import shown
from kam_rules.model.names import did_you_mean
from kam_rules.model.tree import Const, Node, Read, type_of
from kam_rules.model.types import Type

ORDERED = frozenset({Type.MONEY, Type.RATIO, Type.NUMBER, Type.INTEGER, Type.RATING, Type.DATE})
COUNTS = frozenset({Type.NUMBER, Type.INTEGER, Type.RATING})
WORDLIKE = frozenset({Type.TEXT, Type.CATEGORY})


def percent_meant(value: Fraction) -> str:
    """Return how to write a bare number as the percent that it may stand for.

    Examples:
        >>> percent_meant(Fraction(40)), percent_meant(Fraction(3)), percent_meant(Fraction("0.4"))
        ('write 40%', 'write 3% (or 300%)', 'write 40% (or 0.4%)')
    """
    plain, hundredfold = f"{shown(value, 6, thousands=False)}%", f"{shown(value * 100, 6, thousands=False)}%"
    if not value or abs(value) >= 10:  # noqa: PLR2004 - as a fraction it would be 1000%
        return f"write {plain}"
    return f"write {plain} (or {hundredfold})" if abs(value) >= 2 else f"write {hundredfold} (or {plain})"  # noqa: PLR2004 - 200%


def is_bare(node: Node) -> bool:
    """Tell whether the node is a number that was written without a unit."""
    return isinstance(node, Const) and node.type is Type.NUMBER and not node.name


def comparable(left: Node, right: Node, op: str, scope: Scope) -> tuple[str, str, str] | None:
    """Return (code, message, fix) where two sides cannot be compared, or None where they can."""
    a, b = type_of(left), type_of(right)
    for one, other in ((left, right), (right, left)):
        if is_bare(other) and type_of(one) is Type.RATIO:
            value = other.value if isinstance(other, Const) and isinstance(other.value, Fraction) else Fraction(0)
            if value == 0:
                return None
            return "KR204", "a ratio is compared with a percent, not with a bare number", percent_meant(value)
        if is_bare(other) and type_of(one) in COUNTS | {Type.MONEY}:
            return None
    same = a is b or (a in COUNTS and b in COUNTS) or (a in WORDLIKE and b in WORDLIKE)
    if not same:
        return "KR203", f"{phrase(a)} cannot be compared with {phrase(b)}", _alike(left, right)
    if op not in {"=", "!="} and a not in ORDERED:
        return "KR203", f"{phrase(a)} has no order", "compare it with = or !="
    return _category_fault(left, right, scope)


def _alike(left: Node, right: Node) -> str:
    """Return how two sides of different kinds could be compared after all."""
    types = {type_of(left), type_of(right)}
    for one, other in ((left, right), (right, left)):
        value = one.value if isinstance(one, Const) and not one.name else None
        if isinstance(value, str) and type_of(other) is Type.DATE:
            return f'write date("{value}")'
        if isinstance(value, Fraction) and type_of(one) is Type.RATIO and type_of(other) in COUNTS | {Type.MONEY}:
            return f"write {shown(value * 100, 6, thousands=False)}, without the percent sign"
        if isinstance(value, Fraction) and type_of(other) in WORDLIKE:
            return f'write the value in double quotes: "{shown(value, 6, thousands=False)}"'
        if type_of(one) is Type.FLAG and isinstance(one, Read):
            return f"write {one.name} alone, or not({one.name})"
    if Type.DATE in types and types & COUNTS:
        return "count the days first: days(from, to)"
    return "compare like with like"


def _category_fault(left: Node, right: Node, scope: Scope) -> tuple[str, str, str] | None:
    for one, other in ((left, right), (right, left)):
        if not (isinstance(one, Read) and isinstance(other, Const) and isinstance(other.value, str)):
            continue
        name = scope.names.get(one.name)
        if name is not None and name.values and other.value not in name.values:
            message = f"'{one.name}' is never \"{other.value}\""
            return "KR209", message, did_you_mean(other.value, name.values)
    return None


def phrase(type_: Type) -> str:
    """Return what a value of the type is called in a sentence."""
    phrases = {Type.MONEY: "an amount of money", Type.INTEGER: "a whole number", Type.FLAG: "a yes-or-no value"}
    return phrases.get(type_, f"a {type_}")


def no_condition(type_: Type) -> tuple[str, str, str]:
    """Return (code, message, fix) where a condition is wanted and a value of another type stands."""
    samples = {Type.RATIO: ">= 40%", Type.MONEY: ">= 50000", Type.DATE: '>= date("2026-01-31")', Type.CATEGORY: '= "…"', Type.TEXT: '= "…"'}
    sample = samples.get(type_, ">= 3")
    return "KR206", f"this is {phrase(type_)}, not a condition", f"compare it with something, such as {sample}"


def common_type(left: Node, right: Node) -> Type | None:
    """Return the type that holds either side; None where they have no unit in common. A bare number takes the other's."""
    a, b = type_of(left), type_of(right)
    if a is b:
        return a
    for one, other in ((left, b), (right, a)):
        if is_bare(one) and (other in COUNTS | {Type.MONEY} or (other is Type.RATIO and _zero(one))):
            fits = other is not Type.RATING and (other is not Type.INTEGER or _whole(one))
            return other if fits else Type.NUMBER
    if a in COUNTS and b in COUNTS:
        return Type.NUMBER
    return Type.TEXT if a in WORDLIKE and b in WORDLIKE else None


def _zero(node: Node) -> bool:
    return isinstance(node, Const) and node.value == 0


def _whole(node: Node) -> bool:
    if isinstance(node, Const):
        return isinstance(node.value, Fraction) and node.value.denominator == 1
    return type_of(node) is Type.INTEGER


def _times(left: Node, right: Node) -> Type | None:
    types = (type_of(left), type_of(right))
    if Type.MONEY in types:
        return None if types[0] is types[1] else Type.MONEY
    if Type.RATIO in types:
        scaled = types[0] is types[1] or is_bare(left) or is_bare(right)
        return Type.RATIO if scaled else Type.NUMBER
    return Type.INTEGER if _whole(left) and _whole(right) else Type.NUMBER


def advice(left: Node, op: str, right: Node) -> str:
    """Return how two sides that do not go together under +, -, * or / could."""
    types = {type_of(left), type_of(right)}
    bare = next((side for side in (left, right) if is_bare(side)), None)
    if Type.RATIO in types and isinstance(bare, Const) and isinstance(bare.value, Fraction):
        return percent_meant(bare.value)
    if op in "*/":
        return "multiply and divide by a ratio or by a bare number; only equal units divide one another"
    if types == {Type.MONEY, Type.RATIO}:
        return "to change an amount by a percent, multiply: x * 105%"
    return "add and subtract only what has the same unit"


def sum_type(left: Node, right: Node) -> Type | None:
    """Return the type of a sum or a difference; None where the sides have no unit in common."""
    a, b = type_of(left), type_of(right)
    if a is b:
        return Type.NUMBER if a is Type.RATING else a
    if a in COUNTS and b in COUNTS:
        both_whole = _whole(left) and _whole(right)
        return Type.INTEGER if both_whole else Type.NUMBER
    return None


def product_type(left: Node, op: str, right: Node) -> Type | None:
    """Return the type of a product or a quotient; None where there is none, such as money times money."""
    a, b = type_of(left), type_of(right)
    if op == "*":
        return _times(left, right)
    if is_bare(right):
        return Type.NUMBER if a in COUNTS else a
    if a is b or (a in COUNTS and b in COUNTS):
        return Type.RATIO
    if b is Type.RATIO or b in COUNTS:
        return Type.NUMBER if a in COUNTS else a
    return None


def fits(node: Node, wanted: Type) -> bool:
    """Tell whether a tree may stand where a type is wanted; a ratio is also a number, a literal 0 anything numeric."""
    found = type_of(node)
    if found is wanted:
        return True
    if wanted is Type.NUMBER:
        return found in {Type.RATIO, Type.INTEGER, Type.RATING}
    if isinstance(node, Const) and not node.name and found is Type.NUMBER and wanted.numeric:
        return node.value == 0 or wanted is not Type.RATIO
    return wanted is Type.TEXT and found is Type.CATEGORY
