"""One step down a syntax tree: what stands at a place, held against the type that is wanted there."""

from __future__ import annotations

from collections.abc import Callable

from lark import Token, Tree

from kam_rules.feel.fault import ExpressionFault
from kam_rules.feel.scope import Scope
from kam_rules.feel.units import common_type, comparable, is_bare, no_condition, phrase
from kam_rules.model.tree import Compare, Const, Node, Read, type_of
from kam_rules.model.types import Type

Syntax = Tree[Token] | Token


class Walk:
    """Walks a syntax tree; a method for each rule of the grammar, `_` and the rule's name, says what the rule means."""

    def __init__(self, scope: Scope) -> None:
        """Read names as `scope` knows them."""
        self.scope = scope

    def node(self, syntax: Syntax) -> Node:
        """Return the typed tree of one place."""
        rule: Callable[[Tree[Token]], Node] = getattr(self, f"_{syntax.data}")  # type: ignore[union-attr]
        return rule(syntax)  # type: ignore[arg-type]

    def fault(self, code: str, message: str, syntax: Syntax, fix: str) -> ExpressionFault:
        """Return a fault at a place of the text."""
        start = syntax.start_pos if isinstance(syntax, Token) else syntax.meta.start_pos
        return ExpressionFault(code, message, start or 0, fix)

    def condition(self, syntax: Syntax) -> Node:
        """Return what stands at a place, which must be yes or no."""
        node = self.node(syntax)
        if type_of(node) is not Type.FLAG:
            code, message, fix = no_condition(type_of(node))
            raise self.fault(code, message, syntax, fix)
        return node

    def numeric(self, syntax: Syntax) -> Node:
        """Return what stands at a place, which must be something to calculate with."""
        node = self.node(syntax)
        if not type_of(node).numeric:
            fix = "count the days first: days(from, to)" if type_of(node) is Type.DATE else "use a number"
            raise self.fault("KR205", f"{phrase(type_of(node))} cannot be calculated with", syntax, fix)
        return node

    def day(self, syntax: Syntax) -> Node:
        """Return what stands at a place, which must be a date."""
        node = self.node(syntax)
        if type_of(node) is not Type.DATE:
            raise self.fault("KR205", f"{phrase(type_of(node))} is no date", syntax, "use a date field, as_of or date(…)")
        return node

    def common(self, left: Node, right: Node, syntax: Syntax) -> Type:
        """Return the type that both sides have in common."""
        found = common_type(left, right)
        if found is None:
            message = f"{phrase(type_of(left))} and {phrase(type_of(right))} have no unit in common"
            raise self.fault("KR205", message, syntax, "give both the same unit")
        return found

    def compared(self, left: Node, op: str, right: Node, places: tuple[Syntax, Syntax, Syntax]) -> Compare:
        """Return a comparison; `places` are the whole, the left and the right side."""
        fault = comparable(left, right, op, self.scope)
        if fault is not None:
            code, message, fix = fault
            sides = [place for side, place in ((left, places[1]), (right, places[2])) if isinstance(side, Const) and not side.name]
            raise self.fault(code, message, sides[0] if len(sides) == 1 else places[0], fix)
        return Compare(op, left, right)

    def shared(self, items: tuple[Node, ...], syntax: Syntax) -> Type:
        """Return the type that all items have in common; bare numbers take the unit of the others."""
        first, *rest = sorted(items, key=is_bare)
        type_ = type_of(first)
        for item in rest:
            type_ = self.common(Read("", type_), item, syntax)
        return type_
