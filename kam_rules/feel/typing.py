"""From a syntax tree to a typed tree: names are looked up, units checked, words of comfort lowered to plain nodes.

Units: money ± money is money, money / money a ratio, a ratio or a bare number scales anything; what has no unit in
common is neither added nor compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

from lark import Token, Tree

from kam_rules.feel.fault import BrokenName, ExpressionFault
from kam_rules.feel.scope import EVERY, Scope
from kam_rules.feel.syntax import parse
from kam_rules.model.amounts import LITERAL_DECIMALS, decimals, shown
from kam_rules.model.names import did_you_mean
from kam_rules.model.text import tidy
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
    type_of,
)
from kam_rules.model.types import Type

ORDERED = frozenset({Type.MONEY, Type.RATIO, Type.NUMBER, Type.INTEGER, Type.RATING, Type.DATE})
COUNTS = frozenset({Type.NUMBER, Type.INTEGER, Type.RATING})
WORDLIKE = frozenset({Type.TEXT, Type.CATEGORY})
FUNCTIONS = {
    "not": "not(condition)",
    "min": "min(a, b, …)",
    "max": "max(a, b, …)",
    "abs": "abs(x)",
    "round": "round(x, decimals)",
    "days": "days(from, to)",
    "months": "months(from, to)",
    "known": "known(x)",
    "first_known": "first_known(x, y, …)",
    "date": 'date("2026-01-31")',
}

TRUTH = {"true": "true", "yes": "true", "false": "false", "no": "false"}
LARGEST = 10**15
"""The largest literal; amounts in a currency's smallest unit stay below 2^63."""
FEW = 8
"""Names that are listed; more are not read."""

Syntax = Tree[Token] | Token


def read(text: str, scope: Scope) -> Node:
    """Return the typed tree of an expression.

    Raises:
        ExpressionFault: the text is no expression, or its names or types are at fault (KR201 to KR213).
        BrokenName: it reads a name whose own definition is at fault.
    """
    return _Reader(text, scope).node(parse(text))


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


class _Reader:
    """Walks one syntax tree; its methods are named for the rules of the grammar."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text, self.scope = text, scope

    def node(self, syntax: Syntax) -> Node:
        rule: Callable[[Tree[Token]], Node] = getattr(self, f"_{syntax.data}")  # type: ignore[union-attr]
        return rule(syntax)  # type: ignore[arg-type]

    def fault(self, code: str, message: str, syntax: Syntax, fix: str) -> ExpressionFault:
        start = syntax.start_pos if isinstance(syntax, Token) else syntax.meta.start_pos
        return ExpressionFault(code, message, start or 0, fix)

    def condition(self, syntax: Syntax) -> Node:
        node = self.node(syntax)
        if type_of(node) is not Type.FLAG:
            code, message, fix = no_condition(type_of(node))
            raise self.fault(code, message, syntax, fix)
        return node

    def numeric(self, syntax: Syntax) -> Node:
        node = self.node(syntax)
        if not type_of(node).numeric:
            fix = "count the days first: days(from, to)" if type_of(node) is Type.DATE else "use a number"
            raise self.fault("KR205", f"{phrase(type_of(node))} cannot be calculated with", syntax, fix)
        return node

    def day(self, syntax: Syntax) -> Node:
        node = self.node(syntax)
        if type_of(node) is not Type.DATE:
            raise self.fault("KR205", f"{phrase(type_of(node))} is no date", syntax, "use a date field, as_of or date(…)")
        return node

    def _any(self, syntax: Tree[Token]) -> Node:
        return Or(tuple(self.condition(child) for child in syntax.children))

    def _all(self, syntax: Tree[Token]) -> Node:
        return And(tuple(self.condition(child) for child in syntax.children))

    def _choose(self, syntax: Tree[Token]) -> Node:
        condition, then, otherwise = syntax.children
        left, right = self.node(then), self.node(otherwise)
        return If(self.condition(condition), left, right, self.common(left, right, syntax))

    def common(self, left: Node, right: Node, syntax: Syntax) -> Type:
        a, b = type_of(left), type_of(right)
        if a is b:
            return a
        for one, other in ((left, b), (right, a)):
            if is_bare(one) and (other in COUNTS | {Type.MONEY} or (other is Type.RATIO and _zero(one))):
                fits = other is not Type.RATING and (other is not Type.INTEGER or _whole(one))
                return other if fits else Type.NUMBER
        if a in COUNTS and b in COUNTS:
            return Type.NUMBER
        if a in WORDLIKE and b in WORDLIKE:
            return Type.TEXT
        raise self.fault("KR205", f"{phrase(a)} and {phrase(b)} have no unit in common", syntax, "give both the same unit")

    def _compare(self, syntax: Tree[Token]) -> Node:
        left, op, right = syntax.children
        return self.compared(self.node(left), str(op), self.node(right), (syntax, left, right))

    def compared(self, left: Node, op: str, right: Node, places: tuple[Syntax, Syntax, Syntax]) -> Compare:
        """Return a comparison; `places` are the whole, the left and the right side."""
        fault = comparable(left, right, op, self.scope)
        if fault is not None:
            code, message, fix = fault
            sides = [place for side, place in ((left, places[1]), (right, places[2])) if isinstance(side, Const) and not side.name]
            raise self.fault(code, message, sides[0] if len(sides) == 1 else places[0], fix)
        return Compare(op, left, right)

    def _between(self, syntax: Tree[Token]) -> Node:
        return self.interval(syntax, ">=", "<=")

    _range_closed = _between

    def _range_below(self, syntax: Tree[Token]) -> Node:
        return self.interval(syntax, ">=", "<")

    def _range_above(self, syntax: Tree[Token]) -> Node:
        return self.interval(syntax, ">", "<=")

    def _range_open(self, syntax: Tree[Token]) -> Node:
        return self.interval(syntax, ">", "<")

    def interval(self, syntax: Tree[Token], lower: str, upper: str) -> Node:
        first, second, third = syntax.children
        item, low, high = self.node(first), self.node(second), self.node(third)
        return And((self.compared(item, lower, low, (syntax, first, second)), self.compared(item, upper, high, (syntax, first, third))))

    def _one_of(self, syntax: Tree[Token]) -> Node:
        item, *rest = syntax.children
        left = self.node(item)
        tests = tuple(self.compared(left, "=", self.node(child), (child, item, child)) for child in rest)
        return Or(tests) if len(tests) > 1 else tests[0]

    def _arith(self, syntax: Tree[Token]) -> Node:
        left_syntax, op, right_syntax = syntax.children
        left, right = self.numeric(left_syntax), self.numeric(right_syntax)
        type_ = self.product(left, str(op), right) if str(op) in "*/" else self.sum(left, right)
        if type_ is None:
            a, b = phrase(type_of(left)), phrase(type_of(right))
            message = {
                "+": f"{b} cannot be added to {a}",
                "-": f"{b} cannot be taken from {a}",
                "*": f"{a} cannot be multiplied by {b}",
                "/": f"{a} cannot be divided by {b}",
            }[str(op)]
            raise self.fault("KR205", message, syntax, self.advice(left, str(op), right))
        return Arith(str(op), left, right, type_)

    @staticmethod
    def advice(left: Node, op: str, right: Node) -> str:
        types = {type_of(left), type_of(right)}
        bare = next((side for side in (left, right) if is_bare(side)), None)
        if Type.RATIO in types and isinstance(bare, Const) and isinstance(bare.value, Fraction):
            return percent_meant(bare.value)
        if op in "*/":
            return "multiply and divide by a ratio or by a bare number; only equal units divide one another"
        if types == {Type.MONEY, Type.RATIO}:
            return "to change an amount by a percent, multiply: x * 105%"
        return "add and subtract only what has the same unit"

    @staticmethod
    def sum(left: Node, right: Node) -> Type | None:
        a, b = type_of(left), type_of(right)
        if a is b:
            return Type.NUMBER if a is Type.RATING else a
        if a in COUNTS and b in COUNTS:
            both_whole = _whole(left) and _whole(right)
            return Type.INTEGER if both_whole else Type.NUMBER
        return None

    @staticmethod
    def product(left: Node, op: str, right: Node) -> Type | None:
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

    def _negative(self, syntax: Tree[Token]) -> Node:
        item = self.numeric(syntax.children[1])
        if isinstance(item, Const) and isinstance(item.value, Fraction) and not item.name:
            return Const(-item.value, item.type)
        return Arith("-", Const(Fraction(0), type_of(item)), item, type_of(item))

    def literal(self, syntax: Tree[Token], value: Fraction, type_: Type) -> Const:
        if decimals(value) > LITERAL_DECIMALS:
            limit = "at most 4 decimals in a percent" if type_ is Type.RATIO else f"at most {LITERAL_DECIMALS} decimals"
            raise self.fault("KR208", "this number has too many decimals", syntax, f"write {limit}")
        if abs(value) >= LARGEST:
            raise self.fault("KR208", "this number is too large", syntax, "write at most 15 digits in front of the point")
        return Const(value, type_)

    def _number(self, syntax: Tree[Token]) -> Node:
        return self.literal(syntax, Fraction(str(syntax.children[0])), Type.NUMBER)

    def _percent(self, syntax: Tree[Token]) -> Node:
        return self.literal(syntax, Fraction(str(syntax.children[0])[:-1]) / 100, Type.RATIO)

    def _text(self, syntax: Tree[Token]) -> Node:
        body = str(syntax.children[0])[1:-1]
        return Const(tidy(body.replace('\\"', '"').replace("\\\\", "\\")), Type.TEXT)

    def _yes(self, _: Tree[Token]) -> Node:
        return Const(value=True, type=Type.FLAG)

    def _no(self, _: Tree[Token]) -> Node:
        return Const(value=False, type=Type.FLAG)

    def _name(self, syntax: Tree[Token]) -> Node:
        name = str(syntax.children[0])
        found = self.scope.names.get(name)
        if found is not None:
            return Read(name, found.type)
        if name in self.scope.broken or EVERY in self.scope.broken:
            raise BrokenName(name)
        if name in self.scope.elsewhere:
            readable = list(self.scope.names)
            fix = f"readable here: {', '.join(readable)}" if 0 < len(readable) <= FEW else "use a field, a metric or an assumption"
            if not readable:
                fix = "write figures such as 125%, or declare an assumption"
            raise self.fault("KR211", f"{self.scope.place} cannot read '{name}': {self.scope.elsewhere[name]}", syntax, fix)
        if name in FUNCTIONS:
            raise self.fault("KR207", f"'{name}' is a function", syntax, f"write {FUNCTIONS[name]}")
        values = [n.name for n in self.scope.names.values() if name in n.values]
        fix = f'a value stands in quotes: {values[0]} = "{name}"' if values else ""
        if name.casefold() in TRUTH:
            fix = f"write {TRUTH[name.casefold()]}"
        fix = fix or did_you_mean(name, (*self.scope.names, *sorted(self.scope.broken)))
        raise self.fault("KR202", f"there is nothing called '{name}'", syntax, fix)

    def _call(self, syntax: Tree[Token]) -> Node:
        head, *arguments = syntax.children
        name = str(head)
        if name not in FUNCTIONS:
            raise self.fault("KR207", f"there is no function '{name}'", syntax, did_you_mean(name, FUNCTIONS))
        counts = {"min": (1, 99), "max": (1, 99), "first_known": (1, 99), "days": (2, 2), "months": (2, 2), "round": (2, 2)}
        least, most = counts.get(name, (1, 1))
        if not least <= len(arguments) <= most:
            wanted = f"{least} value{'s' * (least > 1)}" if least == most else f"{least} to {most} values"
            raise self.fault("KR207", f"'{name}' takes {wanted}, not {len(arguments)}", syntax, f"write {FUNCTIONS[name]}")
        call: Callable[[list[Syntax], Tree[Token]], Node] = getattr(self, f"call_{name}")
        return call(arguments, syntax)

    def call_not(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        return Not(self.condition(arguments[0]))

    def call_known(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        return Known(self.node(arguments[0]))

    def call_abs(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        item = self.numeric(arguments[0])
        type_ = type_of(item)
        return Extreme("max", (item, Arith("-", Const(Fraction(0), type_), item, type_)), type_)

    def call_min(self, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        return self.extreme("min", arguments, syntax)

    def call_max(self, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        return self.extreme("max", arguments, syntax)

    def extreme(self, op: str, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        items = tuple(self.node(argument) for argument in arguments)
        for item in items:
            self.compared(items[0], "<=", item, (syntax, syntax, syntax))
        return Extreme(op, items, self.shared(items, syntax))

    def shared(self, items: tuple[Node, ...], syntax: Syntax) -> Type:
        """Return the type that all items have in common; bare numbers take the unit of the others."""
        first, *rest = sorted(items, key=is_bare)
        type_ = type_of(first)
        for item in rest:
            type_ = self.common(Read("", type_), item, syntax)
        return type_

    def call_first_known(self, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        items = tuple(self.node(argument) for argument in arguments)
        return FirstKnown(items, self.shared(items, syntax))

    def call_round(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        item, places = self.numeric(arguments[0]), self.node(arguments[1])
        if not (is_bare(places) and isinstance(places, Const) and places.value in range(LITERAL_DECIMALS + 1)):
            raise self.fault("KR207", "the decimals of round() are a whole number from 0 to 6", arguments[1], "write round(x, 2)")
        type_ = Type.NUMBER if type_of(item) in COUNTS else type_of(item)
        return Round(item, int(places.value), type_)  # type: ignore[arg-type]

    def call_days(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        return Days(self.day(arguments[0]), self.day(arguments[1]))

    def call_months(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        return Months(self.day(arguments[0]), self.day(arguments[1]))

    def call_date(self, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        argument = self.node(arguments[0])
        try:
            day = dt.date.fromisoformat(str(argument.value))  # type: ignore[union-attr]
        except (AttributeError, ValueError):
            day = None
        if day is None or day.isoformat() != argument.value:  # type: ignore[union-attr]
            raise self.fault("KR210", "this is no date", syntax, 'write year-month-day: date("2026-01-31")')
        return Const(day, Type.DATE)


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
