"""Whole books at once: a stage compiled to Polars expressions over exact columns. Decides as the reference engine does."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

import polars as pl

from kam_rules.backends import _columns as exact
from kam_rules.backends._columns import Num, Span
from kam_rules.backends._table import dtype, schema
from kam_rules.backends.reference import COMPARE, evaluate
from kam_rules.model.outcome import NONE, WORD, words
from kam_rules.model.program import Derive, Hit, RuleList, Stage
from kam_rules.model.tree import (
    TRUE,
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
from kam_rules.model.types import Type

if TYPE_CHECKING:
    from kam_rules.backends import Progress

MANY = 50_000
"""Rows past which deciding in parts that fit the processor's cache pays."""


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
class _Compiler:
    """Turns steps into layers of columns; what is worked out once is kept as a column and read from there."""

    names: dict[str, Found]
    layers: list[list[pl.Expr]] = field(default_factory=list)
    outputs: list[pl.Expr] = field(default_factory=list)
    kept: list[tuple[pl.Expr, pl.Expr]] = field(default_factory=list)
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
        self.layers.append([expr.alias(name)])
        self.kept.append((expr, pl.col(name)))
        return pl.col(name)

    def derive(self, step: Derive) -> None:
        found = self.node(step.node)
        if isinstance(found, Num) and found.literal is None:
            kept = self.keep(found.top)
            under = found.under if isinstance(found.under, int) else self.keep(found.under)
            found = Num(kept, found.span, under, found.under_span, found.nullable)
        elif isinstance(found, Cell) and found.truth is None:
            found = Cell(self.keep(found.expr), found.nullable)
        self.names[step.name] = found
        if step.places is not None:
            self.outputs.append(self.stored(found, step).alias(step.name))

    def stored(self, found: Found, step: Derive) -> pl.Expr:
        if isinstance(found, Cell):
            return found.expr.cast(dtype(step.type))
        scale = 10 ** (step.places or 0)
        assert isinstance(found.under, int)
        assert scale % found.under == 0, f"{step.name} does not fit its decimals"
        top, span = exact.product(found.top, found.span, scale // found.under, exact.point(scale // found.under))
        return exact.typed(top, Span(min(span.low, 0), min(span.high, exact.SMALL)), step.name)

    def node(self, node: Node) -> Found:
        if not isinstance(node, Const) and not reads(node):
            node = Const(evaluate(node, {}), type_of(node))
        method = getattr(self, f"_{type(node).__name__.lower()}")
        found: Found = method(node)
        return found

    def num(self, node: Node) -> Num:
        found = self.node(node)
        assert isinstance(found, Num), node
        return found

    def cell(self, node: Node) -> Cell:
        found = self.node(node)
        assert isinstance(found, Cell), node
        return found

    def _const(self, node: Const) -> Found:
        if node.type.numeric:
            return exact.literal(node.value) if isinstance(node.value, Fraction) else exact.missing()
        truth = node.value if isinstance(node.value, bool) else None
        return Cell(pl.lit(node.value, dtype(node.type)), node.value is None, truth)

    def _read(self, node: Read) -> Found:
        found = self.names[node.name]
        return Cell(_spelled(found.expr, found.words), found.nullable) if isinstance(found, Cell) and found.words else found

    def _arith(self, node: Arith) -> Num:
        left, right = self.num(node.left), self.num(node.right)
        match node.op:
            case "+":
                return exact.add(left, right, 1)
            case "-":
                return exact.add(left, right, -1)
            case "*":
                return exact.multiply(left, right)
            case _:
                return exact.divide(left, right)

    def _compare(self, node: Compare) -> Cell:
        listed = self._listed(node)
        if listed is not None:
            return listed
        left, right = self.node(node.left), self.node(node.right)
        if isinstance(left, Num) and isinstance(right, Num):
            op = node.op
            if left.literal is not None and right.literal is not None:
                truth = COMPARE[op](left.literal, right.literal)
                return Cell(pl.lit(truth), nullable=False, truth=truth)
            if left.literal is not None:
                left, right, op = right, left, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
            return Cell(exact.compare(op, left, right, self._code(left, right)), left.nullable or right.nullable)
        assert isinstance(left, Cell)
        assert isinstance(right, Cell)
        return Cell(COMPARE[node.op](left.expr, right.expr), left.nullable or right.nullable)

    def _code(self, left: Num, right: Num) -> pl.Expr | None:
        """Return the code of a ratio that is compared with a literal, kept at its first use."""
        if isinstance(left.under, int) or right.literal is None:
            return None
        return self.keep(exact.code(left))

    def _listed(self, node: Compare) -> Cell | None:
        """Compare what a list gave with a word by the numbers of the rules that give it."""
        found = self.names.get(node.left.name) if isinstance(node.left, Read) else None
        if not (isinstance(found, Cell) and found.words and isinstance(node.right, Const)):
            return None
        numbers = [i for i, word in enumerate(found.words) if word == node.right.value]
        equal = reduce(operator.or_, (found.expr == i for i in numbers)) if numbers else pl.lit(value=False)
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
        return Cell(reduce(join, (cell.expr for cell in open_)), any(cell.nullable for cell in open_))

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
            return exact.choose(condition.expr, then, otherwise, nullable=condition.nullable)
        assert isinstance(then, Cell)
        assert isinstance(otherwise, Cell)
        chosen = exact.pick(condition.expr, then.expr, otherwise.expr, nullable=condition.nullable)
        return Cell(chosen, condition.nullable or then.nullable or otherwise.nullable)

    def _firstknown(self, node: FirstKnown) -> Found:
        items = [self.node(item) for item in node.items]
        sure = next((i for i, item in enumerate(items) if not item.nullable), len(items) - 1)
        items, best = items[: sure + 1], items[sure]
        for item in reversed(items[:-1]):
            if isinstance(item, Num) and isinstance(best, Num):
                known = item.top.is_not_null()
                chosen = exact.choose(known, item, best, nullable=False)
                best = Num(chosen.top, chosen.span, chosen.under, chosen.under_span, item.nullable and best.nullable)
            else:
                assert isinstance(item, Cell)
                assert isinstance(best, Cell)
                best = Cell(pl.coalesce(item.expr, best.expr), item.nullable and best.nullable)
        return best

    def _extreme(self, node: Extreme) -> Found:
        items = [self.node(item) for item in node.items]
        op, best = ("<=" if node.op == "min" else ">="), items[0]
        for item in items[1:]:
            if isinstance(item, Num) and isinstance(best, Num):
                nullable = item.nullable or best.nullable
                best = exact.choose(exact.compare(op, best, item), best, item, nullable=nullable)
            else:
                assert isinstance(item, Cell)
                assert isinstance(best, Cell)
                wins = best.expr <= item.expr if node.op == "min" else best.expr >= item.expr
                best = Cell(exact.pick(wins, best.expr, item.expr, nullable=True), best.nullable or item.nullable)
        return best

    def _round(self, node: Round) -> Num:
        return exact.rounded(self.num(node.item), node.places)

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
        signed = exact.pick(end.expr < start.expr, 0 - whole, whole, nullable=True)
        return Num(signed, Span(-(2**20), 2**20), nullable=start.nullable or end.nullable)

    def decide(self, found: RuleList) -> None:
        """Add the outcome of a list: which rule, what was unknown, and what the rule gives."""
        edges = _edges(found)
        if edges is not None:
            self._bands(found, *edges)
            return
        cells = [self.cell(rule.when) for rule in found.rules]
        cells = [Cell(self.keep(c.expr), nullable=True) if c.nullable else c for c in cells]
        if found.hit is Hit.COLLECT:
            self._masks(found, "true", [c.expr.fill_null(value=False) if c.nullable else c.expr for c in cells])
            self._masks(found, "unknown", [c.expr.is_null() if c.nullable else None for c in cells])
            return
        rule = self.keep(_unique(cells) if found.hit is Hit.UNIQUE else _first(cells, found.if_unknown))
        self.outputs.append(rule.alias(f"{found.id}.rule"))
        self._masks(found, "unknown", self._unknown(found, cells))
        undecided = any(c.nullable for c in cells) or found.rules[-1].when != TRUE
        self._bind(found, rule, nullable=undecided or found.hit is Hit.UNIQUE)

    def _unknown(self, found: RuleList, cells: list[Cell]) -> list[pl.Expr | None]:
        """Return which rules count as unknown: all in a unique list, in a first list those above the first true one."""
        if found.hit is Hit.UNIQUE:
            return [c.expr.is_null() if c.nullable else None for c in cells]
        told: list[pl.Expr | None] = []
        settled: pl.Expr | None = None
        for cell in cells:
            null = cell.expr.is_null() if cell.nullable else None
            told.append(null if null is None or settled is None else null & ~settled)
            holds = cell.expr.fill_null(value=False) if cell.nullable else cell.expr
            settled = holds if settled is None else settled | holds
        return told

    def _masks(self, found: RuleList, kind: str, bits: list[pl.Expr | None]) -> None:
        for word in range(words(len(bits))):
            part = [(i, bit) for i, bit in enumerate(bits[word * WORD : (word + 1) * WORD]) if bit is not None]
            total = reduce(operator.add, (bit.cast(pl.Int64) * (1 << i) for i, bit in part), pl.lit(0, pl.Int64))
            self.outputs.append(total.alias(f"{found.id}.{kind}.{word}"))

    def _bands(self, found: RuleList, measure: Node, edges: list[Fraction]) -> None:
        """A list of bands is a count of the edges that the measure has reached."""
        value = self.num(measure)
        small = pl.Int8 if len(edges) < 2**7 else pl.Int16
        reached = [self.cell(Compare(">=", measure, Const(edge, type_of(measure)))).expr.cast(small) for edge in edges]
        rule = reduce(operator.add, reached).cast(pl.Int16)
        kept = self.keep(rule.fill_null(NONE) if value.nullable else rule)
        self.outputs.append(kept.alias(f"{found.id}.rule"))
        self._masks(found, "unknown", [kept == NONE if value.nullable else None] * len(found.rules))
        self._bind(found, kept, nullable=value.nullable)

    def _bind(self, found: RuleList, rule: pl.Expr, *, nullable: bool) -> None:
        for i, (name, type_) in enumerate(found.binds):
            given = [self.node(r.gives[i]) for r in found.rules]
            looked_up = exact.look_up(rule, [item for item in given if isinstance(item, Num)], nullable=nullable) if type_.numeric else None
            words_ = [r.gives[i].value for r in found.rules if isinstance(r.gives[i], Const)]  # type: ignore[union-attr]
            if looked_up is not None:
                top = self.keep(looked_up.top)
                self.names[name] = Num(top, looked_up.span, looked_up.under, looked_up.under_span, looked_up.nullable)
            elif len(words_) == len(given) and all(isinstance(word, str) for word in words_):
                self.names[name] = Cell(rule, nullable, words=tuple(str(word) for word in words_))
            elif type_.numeric:
                best = exact.missing() if nullable else given[-1]
                for number, item in reversed(list(enumerate(given))[: None if nullable else -1]):
                    assert isinstance(item, Num)
                    assert isinstance(best, Num)
                    best = exact.choose(rule == number, item, best, nullable=False)
                assert isinstance(best, Num)
                under = best.under if isinstance(best.under, int) else self.keep(best.under)
                self.names[name] = Num(self.keep(best.top), best.span, under, best.under_span, best.nullable or nullable)
            else:
                expr: pl.Expr = pl.lit(None, dtype(type_))
                for number, item in reversed(list(enumerate(given))):
                    assert isinstance(item, Cell)
                    expr = pl.when(rule == number).then(item.expr).otherwise(expr)
                self.names[name] = Cell(self.keep(expr), nullable)


def _edges(found: RuleList) -> tuple[Node, list[Fraction]] | None:
    """Return measure and edges where the rules of a list are bands from edge to edge."""
    if found.hit is not Hit.UNIQUE or len(found.rules) < 2:  # noqa: PLR2004 - one band has no edge
        return None
    first = found.rules[0].when
    if not (isinstance(first, Compare) and first.op == "<"):
        return None
    measure, edges = first.left, []
    for i, rule in enumerate(found.rules[1:], start=1):
        lower = rule.when.items[0] if isinstance(rule.when, And) else rule.when
        last = i == len(found.rules) - 1
        if not (isinstance(lower, Compare) and lower.op == ">=" and lower.left == measure and isinstance(lower.right, Const)):
            return None
        upper = None if last else Compare("<", measure, _lower(found, i + 1))
        if rule.when != (lower if last else And((lower, upper))):  # type: ignore[arg-type]
            return None
        edges.append(lower.right.value)
    fits = first == Compare("<", measure, _lower(found, 1)) and all(isinstance(e, Fraction) for e in edges) and edges == sorted(set(edges))  # type: ignore[type-var]
    return (measure, edges) if fits else None  # type: ignore[return-value]


def _lower(found: RuleList, i: int) -> Node:
    when = found.rules[i].when
    lower = when.items[0] if isinstance(when, And) else when
    return lower.right if isinstance(lower, Compare) else Const(None, Type.NUMBER)


def _first(cells: list[Cell], if_unknown: str) -> pl.Expr:
    chosen: pl.Expr = pl.lit(NONE, pl.Int16)
    for i, cell in reversed(list(enumerate(cells))):
        below = pl.when(cell.expr).then(pl.lit(i, pl.Int16)).otherwise(chosen)
        held = cell.nullable and if_unknown == "hold"
        chosen = pl.when(cell.expr.is_null()).then(pl.lit(NONE, pl.Int16)).otherwise(below) if held else below
    return chosen


def _unique(cells: list[Cell]) -> pl.Expr:
    truths = [c.expr.fill_null(value=False) if c.nullable else c.expr for c in cells]
    count = reduce(operator.add, (t.cast(pl.Int32) for t in truths))
    which = reduce(operator.add, (t.cast(pl.Int16) * i for i, t in enumerate(truths)))
    return pl.when(count == 1).then(which).otherwise(pl.lit(NONE, pl.Int16))


def _spelled(rule: pl.Expr, words_: tuple[str, ...]) -> pl.Expr:
    """Return the words that rules give, for the numbers of the rules."""
    distinct = list(dict.fromkeys(words_))
    physical = pl.Series([distinct.index(word) for word in words_], dtype=pl.UInt32)
    found = pl.lit(physical).gather(pl.max_horizontal(rule, pl.lit(0, pl.Int16))).cast(pl.Enum(distinct)).cast(pl.String)
    return pl.when(rule >= 0).then(found)


def _sources(stage: Stage, table: pl.DataFrame) -> dict[str, Found]:
    """Return the stage's fields as columns, numbers with the bounds that the data itself proves."""
    numeric = [f.name for f in stage.fields if f.type.numeric]
    ends = table.select(pl.col(numeric).min().name.suffix(".low"), pl.col(numeric).max().name.suffix(".high")) if numeric else None
    nulls = table.null_count()
    found: dict[str, Found] = {}
    for f in stage.fields:
        nullable = bool(nulls[f.name][0])
        if f.type.numeric and ends is not None:
            low, high = ends[f"{f.name}.low"][0], ends[f"{f.name}.high"][0]
            span = Span(int(low), int(high)) if low is not None else exact.point(0)
            scale = 10**f.decimals
            found[f.name] = Num(pl.col(f.name), span, scale, exact.point(scale), nullable)
        else:
            found[f.name] = Cell(pl.col(f.name), nullable)
    return found


class Columnar:
    """The columnar engine."""

    def decide(self, stage: Stage, table: pl.DataFrame, progress: Progress) -> pl.DataFrame:
        """Decide the stage for every row; see `Backend`."""
        compiler = _Compiler(_sources(stage, table))
        for step in stage.steps:
            if isinstance(step, Derive):
                compiler.derive(step)
            else:
                compiler.decide(step)
        lazy = table.lazy()
        for layer in compiler.layers:
            lazy = lazy.with_columns(layer)
        wanted = {name: pl.col(name).cast(kind) for name, kind in schema(stage).items()}
        decided = lazy.select(compiler.outputs).select(wanted.values()).collect(engine="streaming" if table.height > MANY else "in-memory")
        progress(table.height)
        return decided


ENGINE = Columnar()
