"""The conditions of a stage as formulas; each node kind that can be a condition is one function in `KINDS`.

What a condition compares becomes an operand, whose value the reference derivation supplies; how its comparisons hang
together stays for durable-rules to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kam_rules.backends import reference
from kam_rules.backends._durable_codes import Operand
from kam_rules.backends._durable_kleene import (
    CONSTANT,
    SINGLE,
    Combine,
    Kleene,
    choice,
    conjunction,
    disjunction,
    fallback,
    knowledge,
    negation,
)
from kam_rules.backends._durable_logic import HAS, NEVER, NO, Test, some, tests
from kam_rules.model.errors import Finding, UnsupportedError, Where
from kam_rules.model.tree import And, Compare, Const, Extreme, FirstKnown, If, Known, Node, Not, Or, Read, Value, reads, type_of
from kam_rules.model.types import Type

CHUNKS = (64, 32, 16, 8, 4, 2)
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
NEGATED = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Lemma(NamedTuple):
    """A part of a condition that is asked beforehand, because the whole would not fit one rule."""

    name: str
    level: int
    truth: Kleene


class Conditions:
    """The conditions of one stage: their operands, and the lemmas that they need.

    `levels` says for each name after how many rounds of firing it is known.
    """

    def __init__(self) -> None:
        """Start without operands."""
        self.levels: dict[str, int] = {}
        self.operands: list[Operand] = []
        self.lemmas: list[Lemma] = []
        self.where: Where | None = None
        self._known: dict[tuple[Node, Node | None], Operand] = {}

    def of(self, node: Node) -> Kleene:
        """Return a condition as formulas.

        Raises:
            UnsupportedError: KR512 the node is no condition that this engine knows.
        """
        make = KINDS.get(type(node))
        truth = type_of(node) is Type.FLAG or (isinstance(node, Const) and node.value is None)
        if make is None or not truth:
            raise unsupported(f"{type(node).__name__} of type {type_of(node)} as a condition", self.where)
        return make(self, node)

    def level(self, *found: Node) -> int:
        """Return after how many rounds everything that the nodes read is known."""
        return max((self.levels[name] for node in found for name in reads(node)), default=0)

    def level_of(self, truth: Kleene) -> int:
        """Return in which round a condition can be asked."""
        used = (test.operand for formula in (truth.true, truth.twin) for test in tests(formula))
        return max((self.operands[i].level for i in used), default=0)

    def operand(self, node: Node, right: Node | None = None) -> Operand:
        """Return the operand for a value, or with `right` for two values that are compared with each other."""
        key = (node, right)
        if key not in self._known:
            level = self.level(node) if right is None else self.level(node, right)
            self._known[key] = Operand(len(self.operands), node, right, level)
            self.operands.append(self._known[key])
        return self._known[key]

    def test(self, op: str, operand: Operand, literal: Value = None) -> Kleene:
        """Return one comparison; it is unknown where its operand is missing."""
        pair = operand.right is not None
        place = 0 if pair else operand.place(literal)
        if place is None:
            raise unsupported(f"a value that is compared with both {' and '.join(map(repr, operand.literals))}", self.where)
        true, false = Test(op, operand.index, place, pair), Test(NEGATED[op], operand.index, place, pair)
        missing = Test(NO, operand.index)
        return Kleene(true, false, missing, some(missing, true), some(missing, false), missing)

    def flag(self, node: Node) -> Kleene:
        """Return a value that is itself true or false."""
        return self.test("=", self.operand(node), literal=True)

    def fit(self, combine: Combine, parts: Sequence[Kleene], *, runs: bool = False) -> Kleene:
        """Return the parts combined; with `runs` runs of them, else the heaviest, are asked beforehand until all fits."""
        found = combine(parts)
        while not found.fits:
            shorter = _runs(combine, parts) if runs else None
            heavy = max(range(len(parts)), key=lambda i: parts[i].weight)
            if shorter is not None:
                parts = [self._lemma(part) for part in shorter]
            elif parts[heavy].weight > SINGLE:
                parts = [self._lemma(part) if i == heavy else part for i, part in enumerate(parts)]
            else:
                raise unsupported("this condition", self.where)
            found = combine(parts)
        return found

    def _lemma(self, truth: Kleene) -> Kleene:
        lemma = Lemma(f"#{len(self.lemmas)}", self.level_of(truth), truth)
        self.lemmas.append(lemma)
        self.levels[lemma.name] = lemma.level + 1
        return self.flag(Read(lemma.name, Type.FLAG))


def _runs(combine: Combine, parts: Sequence[Kleene]) -> list[Kleene] | None:
    """Combine runs of parts, as long as fit; what they are combined by takes its items in any grouping."""
    for size in CHUNKS:
        if size < len(parts):
            found = [combine(parts[i : i + size]) for i in range(0, len(parts), size)]
            if all(run.fits for run in found):
                return found
    return None


def unsupported(what: str, where: Where | None) -> UnsupportedError:
    """Return the error for what this engine cannot carry."""
    return UnsupportedError(Finding("KR512", f"the engine 'durable' cannot carry {what}", where, "decide with --engine reference"))


def _and(c: Conditions, node: And) -> Kleene:
    return c.fit(conjunction, [c.of(item) for item in node.items], runs=True)


def _or(c: Conditions, node: Or) -> Kleene:
    return c.fit(disjunction, [c.of(item) for item in node.items], runs=True)


def _const(_: Conditions, node: Const) -> Kleene:
    return CONSTANT[node.value]


def _not(c: Conditions, node: Not) -> Kleene:
    return negation([c.of(node.item)])


def _if(c: Conditions, node: If) -> Kleene:
    return c.fit(choice, [c.of(node.condition), c.of(node.then), c.of(node.otherwise)])


def _first_known(c: Conditions, node: FirstKnown) -> Kleene:
    found = CONSTANT[None]
    for item in reversed(node.items):
        found = c.fit(fallback, [c.of(item), found])
    return found


def _known(c: Conditions, node: Known) -> Kleene:
    """Ask for the presence of a value; of a condition, whether it is true or false."""
    item = node.item
    if type_of(item) is Type.FLAG and not isinstance(item, Read):
        return c.fit(knowledge, [c.of(item)])
    if not reads(item):
        return CONSTANT[reference.evaluate(item, {}) is not None]
    operand = c.operand(item)
    has, missing = Test(HAS, operand.index), Test(NO, operand.index)
    return Kleene(has, missing, NEVER, has, missing, NEVER)


def _compare(c: Conditions, node: Compare) -> Kleene:
    """Compare a value with a literal, two values, or two conditions (then by the table of their truth)."""
    op, left, right = node.op, node.left, node.right
    if type_of(left) is Type.FLAG and type_of(right) is Type.FLAG:
        return c.of(_truth_table(op, left, right))
    if not reads(left) and not reads(right):
        return CONSTANT[reference.evaluate(node, {})]
    if not reads(left):
        op, left, right = MIRROR.get(op, op), right, left
    if reads(right):
        return c.test(op, c.operand(left, right))
    literal = reference.evaluate(right, {})
    return CONSTANT[None] if literal is None else c.test(op, c.operand(left), literal)


def _truth_table(op: str, left: Node, right: Node) -> Node:
    def row(one: bool) -> Node:  # noqa: FBT001 - the truth of the left side
        cells = [Const(reference.COMPARE[op](one, other), Type.FLAG) for other in (True, False)]
        return If(right, cells[0], cells[1], Type.FLAG)

    return If(left, row(True), row(False), Type.FLAG)  # noqa: FBT003 - the truth of the left side


KINDS: dict[type, Callable[..., Kleene]] = {
    And: _and,
    Compare: _compare,
    Const: _const,
    Extreme: Conditions.flag,
    FirstKnown: _first_known,
    If: _if,
    Known: _known,
    Not: _not,
    Or: _or,
    Read: Conditions.flag,
}
