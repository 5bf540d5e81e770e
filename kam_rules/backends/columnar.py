"""Whole books at once: a stage compiled to Polars expressions over exact columns. Decides as the reference engine does."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from kam_rules.backends import _compare, _exact
from kam_rules.backends._exact import Num, Span
from kam_rules.backends._nodes import Cell, Found, Nodes, balanced
from kam_rules.backends._table import dtype, schema
from kam_rules.model.outcome import NONE, Layout
from kam_rules.model.program import Derive, Hit, RuleList, Stage
from kam_rules.model.tree import TRUE, And, Compare, Const, Node, type_of
from kam_rules.model.types import Type

if TYPE_CHECKING:
    from kam_rules.backends import Progress

SHORT = 12
"""Rules up to which a first list is a chain of choices."""
MANY = 50_000
"""Rows past which deciding in parts that fit the processor's cache pays."""


TINY = 7
"""Bits that are added up in one byte before they take their place in a word."""


@dataclass
class Lists(Nodes):
    """Rule lists as columns: which rule decides, what is unknown, and what the rule gives.

    `parts` are what each word of the outcome is the sum of.
    """

    layout: Layout = field(default_factory=Layout)
    parts: dict[str, list[pl.Expr]] = field(default_factory=dict)

    def words(self) -> list[pl.Expr]:
        """Return the words of the outcome."""
        return [balanced(operator.add, self.parts.get(word) or [pl.lit(0, pl.Int64)]).alias(word) for word in self.layout.words]

    def _add(self, word: str, part: pl.Expr, shift: int) -> None:
        self.parts.setdefault(word, []).append(part.cast(pl.Int64) * pl.lit(1 << shift, pl.Int64) if shift else part.cast(pl.Int64))

    def _number(self, found: RuleList, rule: pl.Expr) -> None:
        (slot,) = self.layout.slots[found.id, "rule"]
        self._add(slot.word, rule + 1, slot.shift)

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
        self._number(found, rule)
        self._masks(found, "unknown", self._unknown(found, cells))
        undecided = any(c.nullable for c in cells) or found.rules[-1].when != TRUE
        self._bind(found, rule, nullable=undecided or found.hit is Hit.UNIQUE)

    def _unknown(self, found: RuleList, cells: list[Cell]) -> list[pl.Expr | None]:
        """Return which rules count as unknown: all in a unique list, in a first list those above the first true one."""
        if found.hit is Hit.UNIQUE:
            return [c.expr.is_null() if c.nullable else None for c in cells]
        first = self.keep(_lowest([c.expr for c in cells]))
        return [c.expr.is_null() & (first.is_null() | (first > i)) if c.nullable else None for i, c in enumerate(cells)]

    def _masks(self, found: RuleList, kind: str, bits: list[pl.Expr | None]) -> None:
        for slot in self.layout.slots[found.id, kind]:
            for start in range(0, slot.bits, TINY):
                few = bits[slot.first + start : slot.first + min(start + TINY, slot.bits)]
                told = [_bit(bit, i) for i, bit in enumerate(few) if bit is not None]
                if told:
                    self._add(slot.word, balanced(operator.add, told), slot.shift + start)

    def _bands(self, found: RuleList, measure: Node, edges: list[Fraction]) -> None:
        """A list of bands is a count of the edges that the measure has reached."""
        value = self.num(measure)
        small = pl.Int8 if len(edges) < 2**7 else pl.Int16
        reached = [self.cell(Compare(">=", measure, Const(edge, type_of(measure)))).expr.cast(small) for edge in edges]
        rule = balanced(operator.add, reached).cast(pl.Int16)
        kept = self.keep(rule.fill_null(NONE) if value.nullable else rule)
        self._number(found, kept)
        self._masks(found, "unknown", [kept == NONE if value.nullable else None] * len(found.rules))
        self._bind(found, kept, nullable=value.nullable)

    def _bind(self, found: RuleList, rule: pl.Expr, *, nullable: bool) -> None:
        for i, (name, type_) in enumerate(found.binds):
            given = [self.node(r.gives[i]) for r in found.rules]
            looked_up = (
                _compare.look_up(rule, [item for item in given if isinstance(item, Num)], nullable=nullable) if type_.numeric else None
            )
            words_ = [r.gives[i].value for r in found.rules if isinstance(r.gives[i], Const)]  # type: ignore[union-attr]
            if looked_up is not None:
                top = self.keep(looked_up.top)
                self.names[name] = Num(top, looked_up.span, looked_up.under, looked_up.under_span, looked_up.nullable)
            elif len(words_) == len(given) and all(isinstance(word, str) for word in words_):
                self.names[name] = Cell(rule, nullable, words=tuple(str(word) for word in words_))
            elif type_.numeric:
                best = _exact.missing() if nullable else given[-1]
                for number, item in reversed(list(enumerate(given))[: None if nullable else -1]):
                    assert isinstance(item, Num)
                    assert isinstance(best, Num)
                    best = _exact.choose(rule == number, item, best, nullable=False)
                assert isinstance(best, Num)
                under = best.under if isinstance(best.under, int) else self.keep(best.under)
                self.names[name] = Num(self.keep(best.top), best.span, under, best.under_span, best.nullable or nullable)
            else:
                expr: pl.Expr = pl.lit(None, dtype(type_))
                for number, item in reversed(list(enumerate(given))):
                    assert isinstance(item, Cell)
                    expr = pl.when(rule == number).then(item.expr).otherwise(expr)
                self.names[name] = Cell(self.keep(expr), nullable or any(item.nullable for item in given))


def _bit(truth: pl.Expr, place: int) -> pl.Expr:
    return pl.when(truth).then(pl.lit(1 << place, pl.Int8)).otherwise(pl.lit(0, pl.Int8))


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


def _lowest(truths: list[pl.Expr]) -> pl.Expr:
    """Return the number of the first true rule; null where none is."""
    return pl.min_horizontal(pl.when(truth).then(pl.lit(i, pl.Int16)) for i, truth in enumerate(truths))


def _first(cells: list[Cell], if_unknown: str) -> pl.Expr:
    """Return the deciding rule of a first list; long lists are not nested, which would cost their square to plan."""
    if len(cells) > SHORT:
        rule = _lowest([c.expr for c in cells])
        unknown = [c.expr.is_null() if c.nullable else pl.lit(value=False) for c in cells]
        above = _lowest(unknown) if if_unknown == "hold" else pl.lit(None, pl.Int16)
        waits = above.is_not_null() & (rule.is_null() | (above < rule))
        return pl.when(waits).then(pl.lit(NONE, pl.Int16)).otherwise(rule.fill_null(NONE))
    chosen: pl.Expr = pl.lit(NONE, pl.Int16)
    for i, cell in reversed(list(enumerate(cells))):
        below = pl.when(cell.expr).then(pl.lit(i, pl.Int16)).otherwise(chosen)
        held = cell.nullable and if_unknown == "hold"
        chosen = pl.when(cell.expr.is_null()).then(pl.lit(NONE, pl.Int16)).otherwise(below) if held else below
    return chosen


def _unique(cells: list[Cell]) -> pl.Expr:
    truths = [c.expr.fill_null(value=False) if c.nullable else c.expr for c in cells]
    count = balanced(operator.add, [t.cast(pl.Int32) for t in truths])
    which = balanced(operator.add, [t.cast(pl.Int16) * i for i, t in enumerate(truths)])
    return pl.when(count == 1).then(which).otherwise(pl.lit(NONE, pl.Int16))


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
            span = Span(int(low), int(high)) if low is not None else _exact.point(0)
            scale = 10**f.decimals
            found[f.name] = Num(pl.col(f.name), span, scale, _exact.point(scale), nullable)
        else:
            found[f.name] = Cell(pl.col(f.name), nullable)
    return found


class Columnar:
    """The columnar engine."""

    def decide(self, stage: Stage, table: pl.DataFrame, progress: Progress) -> pl.DataFrame:
        """Decide the stage for every row; see `Backend`."""
        compiler = Lists(_sources(stage, table), layout=Layout(stage))
        for step in stage.steps:
            if isinstance(step, Derive):
                compiler.derive(step)
            else:
                compiler.decide(step)
        lazy = table.lazy()
        for layer in compiler.layers:
            lazy = lazy.with_columns(layer)
        wanted = {name: pl.col(name).cast(kind) for name, kind in schema(stage).items()}
        outputs = [*compiler.words(), *compiler.outputs]
        decided = lazy.with_columns(outputs).select(wanted.values()).collect(engine="streaming" if table.height > MANY else "in-memory")
        progress(table.height)
        return decided


ENGINE = Columnar()
