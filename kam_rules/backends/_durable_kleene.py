"""Conditions as formulas: what must be seen of an account for a condition to be true, false or unknown.

Each node kind is one function in `KINDS`. What a condition compares becomes an operand, whose value the reference
derivation supplies; how its comparisons hang together stays for durable-rules to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from kam_rules.backends import reference
from kam_rules.backends._durable_codes import Operand
from kam_rules.backends._durable_logic import ALWAYS, HAS, NEVER, NO, Formula, Test, cost, every, some, tests
from kam_rules.model.errors import Finding, UnsupportedError, Where
from kam_rules.model.tree import And, Compare, Const, Extreme, FirstKnown, If, Known, Node, Not, Or, Read, Value, reads, type_of
from kam_rules.model.types import Type

GROUPS, BREADTH, PATHS, LEAVES = 14, 40, 24, 150
"""What one rule may cost (see `Cost`), well inside what durable-rules holds."""

CHUNKS = (64, 32, 16, 8, 4, 2)
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
NEGATED = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Kleene(NamedTuple):
    """A condition as five formulas; `maybe` is not false, `doubtful` is not true."""

    true: Formula
    false: Formula
    unknown: Formula
    maybe: Formula
    doubtful: Formula

    @property
    def fits(self) -> bool:
        """Tell whether each of the formulas can be one rule."""
        return all(cost(formula).within(GROUPS, BREADTH, PATHS, LEAVES) for formula in self)

    @property
    def weight(self) -> int:
        """How much there is to it; a single test of one operand has the least."""
        return sum(cost(formula).leaves for formula in self)


CONSTANT: Mapping[Value, Kleene] = {
    True: Kleene(ALWAYS, NEVER, NEVER, ALWAYS, NEVER),
    False: Kleene(NEVER, ALWAYS, NEVER, NEVER, ALWAYS),
    None: Kleene(NEVER, NEVER, ALWAYS, ALWAYS, ALWAYS),
}
Combine = Callable[[Sequence[Kleene]], Kleene]


class Lemma(NamedTuple):
    """A part of a condition that is asked beforehand, because the whole would not fit one rule."""

    name: str
    level: int
    truth: Kleene


class Conditions:
    """The conditions of one stage: their operands, and the lemmas that they need.

    `levels` says for each name in how many rounds of firing it becomes known.
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
            UnsupportedError: KR508 the node is no condition that this engine knows.
        """
        make = KINDS.get(type(node))
        if make is None or type_of(node) is not Type.FLAG:
            raise unsupported(f"{type(node).__name__} as a condition", self.where)
        return make(self, node)

    def level(self, *found: Node) -> int:
        """Return after how many rounds everything that the nodes read is known."""
        return max((self.levels[name] for node in found for name in reads(node)), default=0)

    def level_of(self, truth: Kleene) -> int:
        """Return in which round a condition can be asked."""
        used = (test.operand for formula in (truth.true, truth.unknown) for test in tests(formula))
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
        if operand.right is None:
            operand.compare_with(literal, self.where)
        true = Test(op, operand.index, literal, pair=operand.right is not None)
        false = Test(NEGATED[op], operand.index, literal, pair=operand.right is not None)
        missing = Test(NO, operand.index)
        return Kleene(true, false, missing, some(missing, true), some(missing, false))

    def flag(self, node: Node) -> Kleene:
        """Return a value that is itself true or false."""
        return self.test("=", self.operand(node), literal=True)

    def fit(self, combine: Combine, parts: Sequence[Kleene], *, chunks: bool = False) -> Kleene:
        """Return the parts combined; heavy parts, or runs of many light ones, are asked beforehand until all fits."""
        found = combine(parts)
        while not found.fits:
            heavy = max(range(len(parts)), key=lambda i: parts[i].weight)
            if parts[heavy].weight > LIGHT:
                parts = [self._lemma(part) if i == heavy else part for i, part in enumerate(parts)]
            elif chunks:
                parts = [self._lemma(part) for part in _runs(combine, parts)]
            else:
                raise unsupported("this condition", self.where)
            found = combine(parts)
        return found

    def _lemma(self, truth: Kleene) -> Kleene:
        lemma = Lemma(f"#{len(self.lemmas)}", self.level_of(truth), truth)
        self.lemmas.append(lemma)
        self.levels[lemma.name] = lemma.level + 1
        return self.flag(Read(lemma.name, Type.FLAG))


LIGHT = 15
"""The weight of one comparison of two operands, in its five formulas."""


def _runs(combine: Combine, parts: Sequence[Kleene]) -> list[Kleene]:
    """Combine runs of parts, as long as they fit; what they are combined by takes its items in any grouping."""
    for size in CHUNKS:
        runs = [combine(parts[i : i + size]) for i in range(0, len(parts), size)]
        if len(runs) > 1 and all(run.fits for run in runs):
            return runs
    return [combine(parts)]


def unsupported(what: str, where: Where | None) -> UnsupportedError:
    """Return the error for what this engine cannot carry."""
    return UnsupportedError(Finding("KR508", f"the engine 'durable' cannot carry {what}", where, "decide with --engine reference"))


def _and(c: Conditions, node: And) -> Kleene:
    return c.fit(conjunction, [c.of(item) for item in node.items], chunks=True)


def _or(c: Conditions, node: Or) -> Kleene:
    return c.fit(disjunction, [c.of(item) for item in node.items], chunks=True)


def conjunction(parts: Sequence[Kleene]) -> Kleene:
    """Unknown where no part is false and some part is unknown; what is unknown is asked first, since it is rare."""
    return Kleene(
        every(*(p.true for p in parts)),
        some(*(p.false for p in parts)),
        every(some(*(p.unknown for p in parts)), *(p.maybe for p in parts)),
        every(*(p.maybe for p in parts)),
        some(*(p.doubtful for p in parts)),
    )


def disjunction(parts: Sequence[Kleene]) -> Kleene:
    """Unknown where no part is true and some part is unknown."""
    return negation([conjunction([negation([part]) for part in parts])])


def negation(parts: Sequence[Kleene]) -> Kleene:
    """True where the part is false."""
    (part,) = parts
    return Kleene(part.false, part.true, part.unknown, part.doubtful, part.maybe)


def knowledge(parts: Sequence[Kleene]) -> Kleene:
    """True where the part is true or false; never unknown."""
    (part,) = parts
    known = some(part.true, part.false)
    return Kleene(known, part.unknown, NEVER, known, part.unknown)


def choice(parts: Sequence[Kleene]) -> Kleene:
    """The second part where the first is true, the third where it is false, unknown where it is unknown."""
    asked, then, otherwise = parts

    def branch(which: str) -> Formula:
        return some(every(asked.true, getattr(then, which)), every(asked.false, getattr(otherwise, which)))

    return Kleene(
        branch("true"),
        branch("false"),
        some(asked.unknown, branch("unknown")),
        some(asked.unknown, branch("maybe")),
        some(asked.unknown, branch("doubtful")),
    )


def fallback(parts: Sequence[Kleene]) -> Kleene:
    """The first part, and the second where the first is unknown."""
    first, second = parts
    return Kleene(
        some(first.true, every(first.unknown, second.true)),
        some(first.false, every(first.unknown, second.false)),
        every(first.unknown, second.unknown),
        some(first.true, every(first.unknown, second.maybe)),
        some(first.false, every(first.unknown, second.doubtful)),
    )


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
    item = node.item
    if type_of(item) is Type.FLAG and not isinstance(item, Read):
        return c.fit(knowledge, [c.of(item)])
    if not reads(item):
        return CONSTANT[reference.evaluate(item, {}) is not None]
    operand = c.operand(item)
    has, missing = Test(HAS, operand.index), Test(NO, operand.index)
    return Kleene(has, missing, NEVER, has, missing)


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
    rows = [
        If(right, *(Const(reference.COMPARE[op](a, b), Type.FLAG) for b in (True, False)), Type.FLAG) for a in (True, False)
    ]
    return If(left, rows[0], rows[1], Type.FLAG)


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
