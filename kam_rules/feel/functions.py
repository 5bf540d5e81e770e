"""The functions of the expression language: what each takes, and the nodes that it stands for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

from lark import Token, Tree

from kam_rules.feel.units import COUNTS, is_bare
from kam_rules.feel.walk import Syntax, Walk
from kam_rules.model.amounts import LITERAL_DECIMALS
from kam_rules.model.names import did_you_mean
from kam_rules.model.tree import Arith, Const, Days, Extreme, FirstKnown, Known, Months, Node, Not, Round, type_of
from kam_rules.model.types import Type

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
"""Every function, with how it is written."""
ARGUMENTS = {"min": (1, 99), "max": (1, 99), "first_known": (1, 99), "days": (2, 2), "months": (2, 2), "round": (2, 2)}
"""The fewest and the most values that a function takes; one where nothing else is said."""


class Functions(Walk):
    """Reads calls; the method for a function is `_call_` and its name."""

    def _call(self, syntax: Tree[Token]) -> Node:
        head, *arguments = syntax.children
        name = str(head)
        if name not in FUNCTIONS:
            raise self.fault("KR207", f"there is no function '{name}'", syntax, did_you_mean(name, FUNCTIONS))
        least, most = ARGUMENTS.get(name, (1, 1))
        if not least <= len(arguments) <= most:
            wanted = f"{least} value{'s' * (least > 1)}" if least == most else f"{least} to {most} values"
            raise self.fault("KR207", f"'{name}' takes {wanted}, not {len(arguments)}", syntax, f"write {FUNCTIONS[name]}")
        call: Callable[[list[Syntax], Tree[Token]], Node] = getattr(self, f"_call_{name}")
        return call(arguments, syntax)

    def _call_not(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        return Not(self.condition(arguments[0]))

    def _call_known(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        return Known(self.node(arguments[0]))

    def _call_abs(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        item = self.numeric(arguments[0])
        type_ = type_of(item)
        return Extreme("max", (item, Arith("-", Const(Fraction(0), type_), item, type_)), type_)

    def _call_min(self, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        return self._extreme("min", arguments, syntax)

    def _call_max(self, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        return self._extreme("max", arguments, syntax)

    def _extreme(self, op: str, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        items = tuple(self.node(argument) for argument in arguments)
        for item in items:
            self.compared(items[0], "<=", item, (syntax, syntax, syntax))
        return Extreme(op, items, self.shared(items, syntax))

    def _call_first_known(self, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        items = tuple(self.node(argument) for argument in arguments)
        return FirstKnown(items, self.shared(items, syntax))

    def _call_round(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        item, places = self.numeric(arguments[0]), self.node(arguments[1])
        if not (is_bare(places) and isinstance(places, Const) and places.value in range(LITERAL_DECIMALS + 1)):
            raise self.fault("KR207", "the decimals of round() are a whole number from 0 to 6", arguments[1], "write round(x, 2)")
        type_ = Type.NUMBER if type_of(item) in COUNTS else type_of(item)
        return Round(item, int(places.value), type_)  # type: ignore[arg-type]

    def _call_days(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        return Days(self.day(arguments[0]), self.day(arguments[1]))

    def _call_months(self, arguments: list[Syntax], _: Tree[Token]) -> Node:
        return Months(self.day(arguments[0]), self.day(arguments[1]))

    def _call_date(self, arguments: list[Syntax], syntax: Tree[Token]) -> Node:
        argument = self.node(arguments[0])
        try:
            day = dt.date.fromisoformat(str(argument.value))  # type: ignore[union-attr]
        except (AttributeError, ValueError):
            day = None
        if day is None or day.isoformat() != argument.value:  # type: ignore[union-attr]
            raise self.fault("KR210", "this is no date", syntax, 'write year-month-day: date("2026-01-31")')
        return Const(day, Type.DATE)
