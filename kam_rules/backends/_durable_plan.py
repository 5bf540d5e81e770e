"""From a stage to rounds of firing: in each round facts are asserted, and what they conclude is known to the next.

A rule stands twice, as its condition and as its unknown condition; rules of one round with the same formula are one
rule of durable-rules with several conclusions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from kam_rules.backends._durable_codes import Operand
from kam_rules.backends._durable_kleene import BREADTH, Conditions, Kleene, unsupported
from kam_rules.backends._durable_logic import ALWAYS, NEVER, Definition, Formula, cost, render, tests
from kam_rules.backends._durable_session import ARRIVED, Ruleset
from kam_rules.model.errors import Where
from kam_rules.model.program import Derive, RuleList, Stage
from kam_rules.model.tree import Const, Node, Read, Value, bind, reads, walk
from kam_rules.model.types import Type

RULES, BLOCKS, BLOCK_LEAVES, FIELDS = 300, 20, 200, 180
"""What one ruleset holds. durable-rules 2.0.28 refuses the 512th rule beside others and hangs on the 513th, gives up
when 64 tests wait on its stack, and takes 255 fields a fact. A block is a group of rules behind one mark of the fact:
its tests wait on the stack only while the block is looked at.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One step that is decided by firing: a rule list, or a flag that a step derives or a lemma needs.

    `slots` are the numbers of its conditions: 2·slot is concluded where one is true, 2·slot + 1 where it is unknown.
    """

    step: RuleList | str
    slots: range
    gives: tuple[tuple[Node, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One ruleset with what its facts carry and what each of its rules concludes."""

    ruleset: Ruleset
    marks: Mapping[str, int]
    operands: tuple[Operand, ...]
    concludes: tuple[frozenset[int], ...]

    def fire(self, session: str, facts: Mapping[str, Value]) -> Iterator[frozenset[int]]:
        """Assert what is known of an account and return what each rule that fires concludes."""
        fact = dict(self.marks)
        for operand in self.operands:
            operand.put(fact, facts)
        return (self.concludes[number] for number in self.ruleset.fire(session, fact))


@dataclass(frozen=True, slots=True)
class Round:
    """One round: figures that the reference derives, then rulesets that fire, then what is decided by them."""

    derives: tuple[Derive, ...]
    sheets: tuple[Sheet, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    formula: Formula
    concludes: frozenset[int]


class _Planner:
    """Collects, step by step, what is derived and what is asked in which round."""

    def __init__(self, stage: Stage) -> None:
        self.conditions = Conditions()
        self.conditions.levels = {field.name: 0 for field in stage.fields}
        self.derives: list[tuple[int, Derive]] = []
        self.asked: list[tuple[int, Asked]] = []
        self.formulas: list[tuple[int, Formula, int]] = []
        self._slots = 0
        for step in stage.steps:
            self._step(step)
        for lemma in self.conditions.lemmas:
            self._ask(lemma.name, lemma.level, [lemma.truth])

    def _step(self, step: Derive | RuleList) -> None:
        c = self.conditions
        c.where = step.where if isinstance(step, Derive) else None
        if isinstance(step, RuleList):
            self._list(step)
        elif step.type is Type.FLAG:
            truth = c.of(self._so_far(step.node))
            level = c.level_of(truth)
            self._ask(step.name, level, [truth])
            self._name(step.name, level + 1)
        else:
            node = self._so_far(step.node)
            self.derives.append((c.level(node), Derive(step.name, step.type, node)))
            self._name(step.name, c.level(node))

    def _list(self, found: RuleList) -> None:
        c = self.conditions
        truths = []
        for rule in found.rules:
            c.where = rule.where
            truths.append(c.of(self._so_far(rule.when)))
        gives = tuple(tuple(self._so_far(node) for node in rule.gives) for rule in found.rules) if found.binds else ()
        level = max((c.level_of(truth) for truth in truths), default=0)
        level = max(level, c.level(*(node for row in gives for node in row)))
        self._ask(found, level, truths, gives)
        for name, _ in found.binds:
            self._name(name, level + 1)

    def _ask(self, step: RuleList | str, level: int, truths: list[Kleene], gives: tuple[tuple[Node, ...], ...] = ()) -> None:
        slots = range(self._slots, self._slots + len(truths))
        self._slots += len(truths)
        self.asked.append((level, Asked(step, slots, gives)))
        for slot, truth in zip(slots, truths, strict=True):
            self.formulas += [(level, truth.true, 2 * slot), (level, truth.unknown, 2 * slot + 1)]

    def _name(self, name: str, level: int) -> None:
        if name in self.conditions.levels:
            raise unsupported(f"'{name}' made twice", self.conditions.where)
        self.conditions.levels[name] = level

    def _so_far(self, node: Node) -> Node:
        """Return the node with every name that no step has made yet as missing, as the reference finds it."""
        absent = {n.name: Const(None, n.type) for n in walk(node) if isinstance(n, Read) and n.name not in self.conditions.levels}
        return bind(node, absent) if absent else node


def plan(stage: Stage) -> tuple[Round, ...]:
    """Return the rounds of a stage, with its rulesets made.

    Raises:
        UnsupportedError: KR508 this engine cannot carry the stage.
    """
    made = _Planner(stage)
    operands = made.conditions.operands
    last = max((level for level, _ in (*made.derives, *made.asked)), default=0)
    kinds = count(1)
    rounds = []
    for level in range(last + 1):
        rules = list(_merged((formula, end) for at, formula, end in made.formulas if at == level))
        rounds.append(
            Round(
                tuple(derive for at, derive in made.derives if at == level),
                tuple(_sheet(next(kinds), blocks, operands) for blocks in _sheets(rules, operands)),
                tuple(asked for at, asked in made.asked if at == level),
            )
        )
    return tuple(rounds)


def _merged(formulas: Iterable[tuple[Formula, int]]) -> Iterator[_Rule]:
    """Return one rule for each formula that can be true, with all its conclusions."""
    found: dict[Formula, set[int]] = {}
    for formula, end in formulas:
        if formula != NEVER:
            found.setdefault(formula, set()).add(end)
    return (_Rule(formula, frozenset(ends)) for formula, ends in found.items())


def _used(rules: Iterable[_Rule]) -> set[int]:
    return {test.operand for rule in rules for test in tests(rule.formula)}


def _blocks(rules: Iterable[_Rule]) -> Iterator[list[_Rule]]:
    """Cut rules into blocks whose tests fit the matcher's stack together."""
    block: list[_Rule] = []
    breadth = leaves = 0
    for rule in rules:
        more = cost(rule.formula)
        if block and (breadth + more.breadth > BREADTH or leaves + more.leaves > BLOCK_LEAVES):
            yield block
            block, breadth, leaves = [], 0, 0
        block.append(rule)
        breadth, leaves = breadth + more.breadth, leaves + more.leaves
    if block:
        yield block


def _sheets(rules: list[_Rule], operands: list[Operand]) -> Iterator[list[list[_Rule]]]:
    """Cut blocks into rulesets; fence: fewer than 400 rules each, and facts of fewer than 255 fields."""
    sheet: list[list[_Rule]] = []
    for block in _blocks(rules):
        together = [rule for part in (*sheet, block) for rule in part]
        fields = sum(1 if operands[i].right is None else 2 for i in _used(together))
        if sheet and (len(together) > RULES or len(sheet) == BLOCKS or fields > FIELDS):
            yield sheet
            sheet = []
        sheet.append(block)
    if sheet:
        yield sheet


def _sheet(kind: int, blocks: list[list[_Rule]], operands: list[Operand]) -> Sheet:
    """Return one ruleset; what is always true is concluded by the rule that sees the fact arrive."""
    definitions: list[list[Definition]] = []
    always: set[int] = set()
    concludes: list[frozenset[int]] = []
    marks = {f"b{i}": 1 for i in range(len(blocks))} if len(blocks) > 1 else {}
    for i, block in enumerate(blocks):
        for rule in block:
            if rule.formula == ALWAYS:
                always |= rule.concludes
                continue
            mark: list[Definition] = [{f"b{i}": 1}] if marks else []
            definitions.append([*mark, *render(rule.formula, lambda index, literal: operands[index].code(literal))])
            concludes.append(rule.concludes)
    used = tuple(operands[i] for i in sorted(_used(rule for block in blocks for rule in block)))
    assert ARRIVED == 0  # noqa: S101 - the place of `always` below
    return Sheet(Ruleset(kind, definitions), marks, used, (frozenset(always), *concludes))


def constant(node: Node) -> bool:
    """Tell whether a tree reads nothing of the account."""
    return not reads(node)
