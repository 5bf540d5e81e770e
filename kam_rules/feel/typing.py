"""From a syntax tree to a typed tree: names are looked up, units checked, words of comfort lowered to plain nodes."""

from __future__ import annotations

from fractions import Fraction

from lark import Token, Tree

from kam_rules.feel.fault import BrokenName
from kam_rules.feel.functions import FUNCTIONS, Functions
from kam_rules.feel.scope import EVERY, Scope
from kam_rules.feel.syntax import parse
from kam_rules.feel.units import advice, phrase, product_type, sum_type
from kam_rules.model.amounts import LITERAL_DECIMALS, decimals
from kam_rules.model.names import did_you_mean
from kam_rules.model.text import tidy
from kam_rules.model.tree import And, Arith, Const, If, Node, Or, Read, type_of
from kam_rules.model.types import Type

TRUTH = {"true": "true", "yes": "true", "false": "false", "no": "false"}
LARGEST = 10**15
"""The largest literal; amounts in a currency's smallest unit stay below 2^63."""
FEW = 8
"""Names that are listed; more are not read."""


def read(text: str, scope: Scope) -> Node:
    """Return the typed tree of an expression.

    Raises:
        ExpressionFault: the text is no expression, or its names or types are at fault (KR201 to KR213).
        BrokenName: it reads a name whose own definition is at fault.
    """
    return _Reader(scope).node(parse(text))


class _Reader(Functions):
    """Walks one syntax tree; its methods are named for the rules of the grammar."""

    def _any(self, syntax: Tree[Token]) -> Node:
        return Or(tuple(self.condition(child) for child in syntax.children))

    def _all(self, syntax: Tree[Token]) -> Node:
        return And(tuple(self.condition(child) for child in syntax.children))

    def _choose(self, syntax: Tree[Token]) -> Node:
        condition, then, otherwise = syntax.children
        left, right = self.node(then), self.node(otherwise)
        return If(self.condition(condition), left, right, self.common(left, right, syntax))

    def _compare(self, syntax: Tree[Token]) -> Node:
        left, op, right = syntax.children
        return self.compared(self.node(left), str(op), self.node(right), (syntax, left, right))

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
        type_ = product_type(left, str(op), right) if str(op) in "*/" else sum_type(left, right)
        if type_ is None:
            a, b = phrase(type_of(left)), phrase(type_of(right))
            message = {
                "+": f"{b} cannot be added to {a}",
                "-": f"{b} cannot be taken from {a}",
                "*": f"{a} cannot be multiplied by {b}",
                "/": f"{a} cannot be divided by {b}",
            }[str(op)]
            raise self.fault("KR205", message, syntax, advice(left, str(op), right))
        return Arith(str(op), left, right, type_)

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
