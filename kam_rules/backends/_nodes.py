"""Trees as columns: each node kind of the language as a Polars expression."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.backends import _compare, _exact
from kam_rules.backends._exact import Num
from kam_rules.backends._span import SMALL, Span, point, product, typed
from kam_rules.backends._table import dtype
from kam_rules.backends.reference import COMPARE, evaluate
from kam_rules.model.program import Derive
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
    reads,
    type_of,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of truths, texts or days.

    `nullable` tells whether it can be missing; `truth` is its value where that is the same for every row; `words` are
    the texts that each rule of the deciding list gives, where `expr` is the number of that rule.
    """

    expr: pl.Expr
    nullable: bool = True
    truth: bool | None = None
    words: tuple[str, ...] = ()


Found = Num | Cell


@dataclass
class Nodes:
    """Turns steps into layers of columns; what is worked out once is kept as a column and read from there."""

    names: dict[str, Found]
    layers: list[list[pl.Expr]] = field(default_factory=list)
    outputs: list[pl.Expr] = field(default_factory=list)
    kept: list[tuple[pl.Expr, pl.Expr]] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def keep(self, expr: pl.Expr) -> pl.Expr:
        """Keep an expression as a column of its own; one that is kept already is read from there."""
        if expr.meta.is_column() or expr.meta.is_literal():
            return expr
        for kept, column in self.kept:
            if kept.meta.eq(expr):
                return column
        self.count += 1
        name = f"#{self.count}"
        level = max((self.levels[root] for root in expr.meta.root_names() if root in self.levels), default=0)
        if level == len(self.layers):
            self.layers.append([])
        self.layers[level].append(expr.alias(name))
        self.levels[name] = level + 1
        self.kept.append((expr, pl.col(name)))
        return pl.col(name)

    def derive(self, step: Derive) -> None:
        """Work out a named figure, and keep it as part of the outcome where the stage asks for it."""
        found = self.node(step.node)
        if isinstance(found, Num):
            found = self.held(found)
        elif isinstance(found, Cell) and found.truth is None:
            found = Cell(self.keep(found.expr), found.nullable)
        self.names[step.name] = found
        if step.places is not None:
            self.outputs.append(self.stored(found, step).alias(step.name))

    def held(self, found: Num) -> Num:
        """Keep a number as columns; one on a line is cheaper to work out again."""
        if found.literal is not None or found.line is not None:
            return found
        under = found.under if isinstance(found.under, int) else self.keep(found.under)
        return replace(found, top=self.keep(found.top), under=under)

    def stored(self, found: Found, step: Derive) -> pl.Expr:
        """Return a figure as an outcome table keeps it: a whole number of its smallest unit."""
        if isinstance(found, Cell):
            return found.expr.cast(dtype(step.type))
        scale = 10 ** (step.places or 0)
        assert isinstance(found.under, int)
        assert scale % found.under == 0, f"{step.name} does not fit its decimals"
        top, span = product(found.top, found.span, scale // found.under, point(scale // found.under))
        return typed(top, Span(min(span.low, 0), min(span.high, SMALL)), step.name)

    def node(self, node: Node) -> Found:
        """Return a tree as a column; one that reads nothing is worked out at once."""
        if not isinstance(node, Const | Read) and not reads(node):
            node = Const(evaluate(node, {}), type_of(node))
        method = getattr(self, f"_{type(node).__name__.lower()}")
        found: Found = method(node)
        return found

    def num(self, node: Node) -> Num:
        """Return a tree that is a number."""
        found = self.node(node)
        assert isinstance(found, Num), node
        return found

    def cell(self, node: Node) -> Cell:
        """Return a tree that is a truth, a text or a day."""
        found = self.node(node)
        assert isinstance(found, Cell), node
        return found

    def _const(self, node: Const) -> Found:
        if node.type.numeric:
            return _exact.literal(node.value) if isinstance(node.value, Fraction) else _exact.missing()
        truth = node.value if isinstance(node.value, bool) else None
        return Cell(pl.lit(node.value, dtype(node.type)), node.value is None, truth)

    def _read(self, node: Read) -> Found:
        found = self.names[node.name]
        return Cell(spelled(found.expr, found.words), found.nullable) if isinstance(found, Cell) and found.words else found

    def _arith(self, node: Arith) -> Num:
        left, right = self.num(node.left), self.num(node.right)
        if absent(left) or absent(right):
            return _exact.missing()
        match node.op:
            case "+":
                return _exact.add(left, right, 1)
            case "-":
                return _exact.add(left, right, -1)
            case "*":
                return _exact.multiply(left, right)
            case _:
                return _exact.divide(left, right)

    def _compare(self, node: Compare) -> Cell:
        listed = self._listed(node)
        if listed is not None:
            return listed
        left, right = self.node(node.left), self.node(node.right)
        if absent(left) or absent(right):
            return Cell(pl.lit(None, pl.Boolean))
        if isinstance(left, Num) and isinstance(right, Num):
            op = node.op
            if left.literal is not None and right.literal is not None:
                truth = COMPARE[op](left.literal, right.literal)
                return Cell(pl.lit(truth), nullable=False, truth=truth)
            if left.literal is not None:
                left, right, op = right, left, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
            return Cell(_compare.compare(op, left, right), left.nullable or right.nullable)
        assert isinstance(left, Cell)
        assert isinstance(right, Cell)
        return Cell(COMPARE[node.op](left.expr, right.expr), left.nullable or right.nullable)

    def _listed(self, node: Compare) -> Cell | None:
        """Compare what a list gave with a word by the numbers of the rules that give it."""
        found = self.names.get(node.left.name) if isinstance(node.left, Read) else None
        if not (isinstance(found, Cell) and found.words and isinstance(node.right, Const)):
            return None
        numbers = [i for i, word in enumerate(found.words) if word == node.right.value]
        equal = balanced(operator.or_, [found.expr == i for i in numbers]) if numbers else pl.lit(value=False)
        told = equal if node.op == "=" else ~equal
        return Cell(pl.when(found.expr >= 0).then(told) if found.nullable else told, found.nullable)

    def _and(self, node: And) -> Cell:
        return self._logic(node.items, operator.and_)

    def _or(self, node: Or) -> Cell:
        return self._logic(node.items, operator.or_)

    def _logic(self, items: tuple[Node, ...], join: Any) -> Cell:  # noqa: ANN401 - one of two operators
        cells = [self.cell(item) for item in items]
        wins = join is operator.or_
        if any(cell.truth is wins for cell in cells):
            return Cell(pl.lit(wins), nullable=False, truth=wins)
        open_ = [cell for cell in cells if cell.truth is None]
        if not open_:
            return Cell(pl.lit(not wins), nullable=False, truth=not wins)
        return Cell(balanced(join, [cell.expr for cell in open_]), any(cell.nullable for cell in open_))

    def _not(self, node: Not) -> Cell:
        cell = self.cell(node.item)
        if cell.truth is not None:
            return Cell(pl.lit(not cell.truth), nullable=False, truth=not cell.truth)
        return Cell(~cell.expr, cell.nullable)

    def _known(self, node: Known) -> Cell:
        found = self.node(node.item)
        if not found.nullable:
            return Cell(pl.lit(value=True), nullable=False, truth=True)
        return Cell((found.top if isinstance(found, Num) else found.expr).is_not_null(), nullable=False)

    def _if(self, node: If) -> Found:
        condition = self.cell(node.condition)
        if condition.truth is not None:
            return self.node(node.then if condition.truth else node.otherwise)
        then, otherwise = self.node(node.then), self.node(node.otherwise)
        if isinstance(then, Num) and isinstance(otherwise, Num):
            return _exact.choose(condition.expr, then, otherwise, nullable=condition.nullable)
        assert isinstance(then, Cell)
        assert isinstance(otherwise, Cell)
        chosen = _exact.pick(condition.expr, then.expr, otherwise.expr, nullable=condition.nullable)
        return Cell(chosen, condition.nullable or then.nullable or otherwise.nullable)

    def _firstknown(self, node: FirstKnown) -> Found:
        items = [self.node(item) for item in node.items]
        sure = next((i for i, item in enumerate(items) if not item.nullable), len(items) - 1)
        items, best = items[: sure + 1], items[sure]
        for item in reversed(items[:-1]):
            if isinstance(item, Num) and isinstance(best, Num):
                known = item.top.is_not_null()
                chosen = _exact.choose(known, item, best, nullable=False)
                best = Num(chosen.top, chosen.span, chosen.under, chosen.under_span, item.nullable and best.nullable)
            else:
                assert isinstance(item, Cell)
                assert isinstance(best, Cell)
                best = Cell(pl.coalesce(item.expr, best.expr), item.nullable and best.nullable)
        return best

    def _extreme(self, node: Extreme) -> Found:
        items = [self.node(item) for item in node.items]
        op, best = ("<=" if node.op == "min" else ">="), next(filter(absent, items), items[0])
        if absent(best):
            return best
        for item in items[1:]:
            if isinstance(item, Num) and isinstance(best, Num):
                if best.literal is not None:
                    item, best = best, item  # noqa: PLW2901 - which of them is chosen does not depend on their order
                if item.literal is not None and best.literal is None:
                    best = _exact.bound(self.held(best), item.literal, node.op)
                    continue
                nullable = item.nullable or best.nullable
                best = _exact.choose(_compare.compare(op, best, item), best, item, nullable=nullable)
            else:
                assert isinstance(item, Cell)
                assert isinstance(best, Cell)
                wins = best.expr <= item.expr if node.op == "min" else best.expr >= item.expr
                best = Cell(_exact.pick(wins, best.expr, item.expr, nullable=True), best.nullable or item.nullable)
        return best

    def _round(self, node: Round) -> Num:
        return _exact.rounded(self.num(node.item), node.places, self.keep)

    def _days(self, node: Days) -> Num:
        start, end = self.cell(node.start), self.cell(node.end)
        days = (end.expr.cast(pl.Int32) - start.expr.cast(pl.Int32)).cast(pl.Int64)
        return Num(days, Span(-(2**32), 2**32), nullable=start.nullable or end.nullable)

    def _months(self, node: Months) -> Num:
        start, end = self.cell(node.start), self.cell(node.end)
        earlier, later = pl.min_horizontal(start.expr, end.expr), pl.max_horizontal(start.expr, end.expr)
        years = later.dt.year().cast(pl.Int64) - earlier.dt.year().cast(pl.Int64)
        whole = years * 12 + later.dt.month().cast(pl.Int64) - earlier.dt.month().cast(pl.Int64)
        whole = whole - (later.dt.day() < earlier.dt.day()).cast(pl.Int64)
        signed = _exact.pick(end.expr < start.expr, 0 - whole, whole, nullable=True)
        return Num(signed, Span(-(2**20), 2**20), nullable=start.nullable or end.nullable)


def absent(found: Found) -> bool:
    """Tell whether a value is missing for every row; Polars does not carry such literals through every operation."""
    return found.nullable and (found.top if isinstance(found, Num) else found.expr).meta.is_literal()


def balanced(join: Callable[[Any, Any], Any], items: list[pl.Expr]) -> pl.Expr:
    """Join expressions two by two, so that a long chain is not a deep one."""
    while len(items) > 1:
        pairs = [join(*items[i : i + 2]) if i + 1 < len(items) else items[i] for i in range(0, len(items), 2)]
        items = pairs
    return items[0]


def spelled(rule: pl.Expr, words_: tuple[str, ...]) -> pl.Expr:
    """Return the words that rules give, for the numbers of the rules."""
    return pl.lit(pl.Series([None, *words_], dtype=pl.String)).gather((rule + 1).cast(pl.UInt32))
