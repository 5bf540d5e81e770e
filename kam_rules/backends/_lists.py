"""Rule lists as columns: which rule decides, what is unknown, and the words that hold it."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from kam_rules.backends import _compare, _exact
from kam_rules.backends._exact import Num
from kam_rules.backends._nodes import Cell, Nodes, balanced
from kam_rules.backends._table import dtype
from kam_rules.model.outcome import NONE, Layout, Slot
from kam_rules.model.program import Hit, RuleList
from kam_rules.model.tree import TRUE, And, Compare, Const, Node
from kam_rules.model.types import Type

if TYPE_CHECKING:
    pass

SHORT = 40
"""Rules up to which a first list is a chain of choices."""
BITS = 62
"""Rules up to which a first list that can meet the unknown is read from the bits of a whole number."""
TINY, HALF, WHOLE = 7, 31, -1
"""Bits that are added up in one byte, and in half a word, before they take their place in a word."""


@dataclass
class Lists(Nodes):
    """Rule lists as columns: which rule decides, what is unknown, and what the rule gives.

    `parts` and `constants` are what each word of the outcome is the sum of; a word is added up in halves of 31 bits, in
    half the bytes, and what does not fit a half by itself.
    """

    layout: Layout = field(default_factory=Layout)
    parts: dict[tuple[str, int], list[pl.Expr]] = field(default_factory=dict)
    constants: dict[tuple[str, int], int] = field(default_factory=dict)

    def words(self) -> list[pl.Expr]:
        """Return the words of the outcome."""
        return [self._word(word).alias(word) for word in self.layout.words]

    def _word(self, word: str) -> pl.Expr:
        found = []
        for half in (0, HALF, WHOLE):
            parts, constant = self.parts.get((word, half), []), self.constants.get((word, half), 0)
            if parts:
                total = balanced(operator.add, parts)
                total = (total + pl.lit(constant, _wide(half)) if constant else total).cast(pl.Int64)
                found.append(total * pl.lit(1 << HALF, pl.Int64) if half == HALF else total)
        return balanced(operator.add, found or [pl.lit(0, pl.Int64)])

    def _add(self, slot: Slot, start: int, bits: int, part: pl.Expr, constant: int = 0) -> None:
        """Add a whole number plus a constant to a word, so many bits from `start` of a slot up."""
        shift = slot.shift + start
        half = 0 if shift + bits <= HALF else HALF if shift >= HALF and shift + bits <= 2 * HALF else WHOLE
        factor = 1 << (shift % HALF if half != WHOLE else shift)
        column = part.cast(_wide(half))
        self.parts.setdefault((slot.word, half), []).append(column * pl.lit(factor, _wide(half)) if factor > 1 else column)
        self.constants[slot.word, half] = self.constants.get((slot.word, half), 0) + constant * factor

    def _number(self, found: RuleList, rule: pl.Expr) -> None:
        (slot,) = self.layout.slots[found.id, "rule"]
        self._add(slot, 0, slot.bits, rule, 1)

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
        sure = _sure(cells) if found.hit is Hit.FIRST else None
        if sure is not None:
            self._number(found, pl.lit(sure, pl.Int16))
            self.names.update((name, self.node(found.rules[sure].gives[i])) for i, (name, _) in enumerate(found.binds))
            return
        if found.hit is Hit.FIRST and any(c.nullable for c in cells) and len(cells) <= BITS:
            rule, above = self._first_of_bits(cells, found.if_unknown)
            self._number(found, rule)
            self._mask(found, above)
        else:
            rule = self.keep(_unique(cells) if found.hit is Hit.UNIQUE else _first(cells, found.if_unknown))
            self._number(found, rule)
            self._masks(found, "unknown", self._unknown(found, cells))
        undecided = any(c.nullable for c in cells) or found.rules[-1].when != TRUE
        nullable = undecided or found.hit is Hit.UNIQUE
        counted = self.keep(pl.when(rule >= 0).then(rule)) if nullable and any(type_.numeric for _, type_ in found.binds) else rule
        self._bind(found, rule, counted, nullable=nullable)

    def _first_of_bits(self, cells: list[Cell], if_unknown: str) -> tuple[pl.Expr, pl.Expr]:
        """Return the deciding rule of a first list, and the bits of the unknown rules above the first true one.

        The lowest bit of the true rules, less one, is a mask of all above it; of every rule where none is true.
        """
        true = self.keep(_bits([c.expr for c in cells]))
        unknown = self.keep(_bits([c.expr.is_null() if c.nullable else None for c in cells]))
        above = self.keep(unknown & ((true & (0 - true)) - 1))
        open_ = (true == 0) | (above != 0) if if_unknown == "hold" else true == 0
        number = true.bitwise_trailing_zeros().cast(pl.Int16)
        return self.keep(pl.when(open_).then(pl.lit(NONE, pl.Int16)).otherwise(number)), above

    def _mask(self, found: RuleList, bits: pl.Expr) -> None:
        """Add a mask of unknown rules to their slots."""
        for slot in self.layout.slots[found.id, "unknown"]:
            part = bits & (((1 << slot.bits) - 1) << slot.first)
            self._add(slot, 0, slot.bits, part // (1 << slot.first) if slot.first else part)

    def _unknown(self, found: RuleList, cells: list[Cell]) -> list[pl.Expr | None]:
        """Return which rules count as unknown: all in a unique list, in a first list those above the first true one."""
        if found.hit is Hit.UNIQUE:
            return [c.expr.is_null() if c.nullable else None for c in cells]
        if not any(c.nullable for c in cells):
            return [None] * len(cells)
        first = self.keep(_lowest([c.expr for c in cells]))
        return [c.expr.is_null() & (first.is_null() | (first > i)) if c.nullable else None for i, c in enumerate(cells)]

    def _masks(self, found: RuleList, kind: str, bits: list[pl.Expr | None]) -> None:
        for slot in self.layout.slots[found.id, kind]:
            for start in range(0, slot.bits, TINY):
                few = bits[slot.first + start : slot.first + min(start + TINY, slot.bits)]
                told = [_bit(bit, i) for i, bit in enumerate(few) if bit is not None]
                if told:
                    self._add(slot, start, len(few), balanced(operator.add, told))

    def _bands(self, found: RuleList, measure: Node, edges: list[Fraction]) -> None:
        """A list of bands is a count of the edges that the measure has reached."""
        value = self.num(measure)
        small = pl.Int8 if len(edges) < 2**TINY else pl.Int16
        reached = _compare.reached(value, edges, self.keep)
        rule = self.keep(balanced(operator.add, [truth.cast(small) for truth in reached]))
        self._number(found, rule.fill_null(NONE) if value.nullable else rule)
        if value.nullable:
            missing = self.keep(rule.is_null())
            for slot in self.layout.slots[found.id, "unknown"]:
                every = pl.lit((1 << slot.bits) - 1, pl.Int64)
                self._add(slot, 0, slot.bits, pl.when(missing).then(every).otherwise(pl.lit(0, pl.Int64)))
        self._bind(found, rule, rule, nullable=value.nullable)

    def _bind(self, found: RuleList, rule: pl.Expr, counted: pl.Expr, *, nullable: bool) -> None:
        """Bind what the deciding rule gives; `counted` is its number, null where none decides."""
        for i, (name, type_) in enumerate(found.binds):
            given = [self.node(r.gives[i]) for r in found.rules]
            looked_up = (
                _compare.look_up(counted, [item for item in given if isinstance(item, Num)], nullable=nullable) if type_.numeric else None
            )
            words_ = [r.gives[i].value for r in found.rules if isinstance(r.gives[i], Const)]  # type: ignore[union-attr]
            if looked_up is not None:
                self.names[name] = self.held(looked_up)
            elif len(words_) == len(given) and all(isinstance(word, str) for word in words_):
                self.names[name] = Cell(rule, nullable, words=tuple(str(word) for word in words_))
            elif type_.numeric:
                best = _exact.missing() if nullable else given[-1]
                for number, item in reversed(list(enumerate(given))[: None if nullable else -1]):
                    assert isinstance(item, Num)
                    assert isinstance(best, Num)
                    best = _exact.choose(rule == number, item, best, nullable=False)
                assert isinstance(best, Num)
                self.names[name] = self.held(replace(best, nullable=best.nullable or nullable))
            else:
                expr: pl.Expr = pl.lit(None, dtype(type_))
                for number, item in reversed(list(enumerate(given))):
                    assert isinstance(item, Cell)
                    expr = pl.when(rule == number).then(item.expr).otherwise(expr)
                self.names[name] = Cell(self.keep(expr), nullable or any(item.nullable for item in given))


def _wide(half: int) -> type[pl.DataType]:
    return pl.Int64 if half == WHOLE else pl.Int32


def _bit(truth: pl.Expr, place: int) -> pl.Expr:
    return pl.when(truth).then(pl.lit(1 << place, pl.Int8)).otherwise(pl.lit(0, pl.Int8))


def _bits(truths: list[pl.Expr | None]) -> pl.Expr:
    """Return a whole number with a bit for each condition that is true."""
    wide = pl.Int32 if len(truths) < HALF else pl.Int64
    parts = []
    for start in range(0, len(truths), TINY):
        told = [_bit(truth, i) for i, truth in enumerate(truths[start : start + TINY]) if truth is not None]
        if told:
            part = balanced(operator.add, told).cast(wide)
            parts.append(part * pl.lit(1 << start, wide) if start else part)
    return balanced(operator.add, parts)


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


def _sure(cells: list[Cell]) -> int | None:
    """Return the first rule where it is true for every row and those above it are false for every row."""
    first = next((i for i, cell in enumerate(cells) if cell.truth is not False), None)
    return first if first is not None and cells[first].truth else None


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
        if cell.truth is None:
            below = pl.when(cell.expr).then(pl.lit(i, pl.Int16)).otherwise(chosen)
            held = cell.nullable and if_unknown == "hold"
            chosen = pl.when(cell.expr.is_null()).then(pl.lit(NONE, pl.Int16)).otherwise(below) if held else below
        elif cell.truth:
            chosen = pl.lit(i, pl.Int16)
    return chosen


def _unique(cells: list[Cell]) -> pl.Expr:
    truths = [c.expr.fill_null(value=False) if c.nullable else c.expr for c in cells]
    count = balanced(operator.add, [t.cast(pl.Int32) for t in truths])
    which = balanced(operator.add, [t.cast(pl.Int16) * i for i, t in enumerate(truths)])
    return pl.when(count == 1).then(which).otherwise(pl.lit(NONE, pl.Int16))
