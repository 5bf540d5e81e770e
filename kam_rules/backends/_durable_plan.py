"""From a stage to rounds of firing: in each round facts are asserted, and what they conclude is known to the next.

A rule stands twice, as its condition and as its unknown condition; rules of one round with the same formula are one
rule of durable-rules with several conclusions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from kam_rules.backends._durable_codes import Operand
from kam_rules.backends._durable_conditions import Conditions, unsupported
from kam_rules.backends._durable_kleene import Kleene
from kam_rules.backends._durable_logic import ALWAYS, BREADTH, NEVER, Definition, Formula, cost, render, rules, tests
from kam_rules.backends._durable_session import Ruleset
from kam_rules.model.program import Derive, RuleList, Stage
from kam_rules.model.tree import Const, Node, Read, Value, bind, walk
from kam_rules.model.types import Type

RULES, BLOCKS, BLOCK_LEAVES, FIELDS = 300, 20, 200, 180
"""Fence: what one ruleset holds. durable-rules 2.0.28 hangs on the 512th test beside others, refuses a 257th rule with
one condition, gives up when 64 tests wait on its stack, and takes at most 254 fields a fact. A block is a group of
rules behind one mark of the fact: its tests wait on the stack only while the block is looked at.
"""

Conclusion = tuple[int, int]
"""Where it is noted, and the bit that is set there: 2·n for what is true of the n-th step asked, 2·n + 1 for unknown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One step that is decided by firing: a rule list, or the name of a flag that a step derives or a lemma needs."""

    number: int
    step: RuleList | str
    gives: tuple[tuple[Node, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One ruleset with what its facts carry and what each of its rules concludes."""

    ruleset: Ruleset
    marks: Mapping[str, int]
    operands: tuple[Operand, ...]
    concludes: tuple[tuple[Conclusion, ...], ...]

    def fire(self, session: str, facts: Mapping[str, Value], notes: list[int]) -> None:
        """Assert what is known of an account and note what each rule that fires concludes."""
        fact = dict(self.marks)
        for operand in self.operands:
            operand.put(fact, facts)
        for number in self.ruleset.fire(session, fact):
            for place, bit in self.concludes[number]:
                notes[place] |= bit


@dataclass(frozen=True, slots=True)
class Round:
    """One round: figures that the reference derives, then rulesets that fire, then what is decided by them."""

    derives: tuple[Derive, ...]
    sheets: tuple[Sheet, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The rounds of a stage and how many steps they ask."""

    rounds: tuple[Round, ...]
    asked: int

    def close(self) -> None:
        """Give the memory of all rulesets back."""
        for sheet in (sheet for each in self.rounds for sheet in each.sheets):
            sheet.ruleset.close()


@dataclass(frozen=True, slots=True)
class _Rule:
    formula: Formula
    concludes: tuple[Conclusion, ...]


class _Planner:
    """Collects, step by step, what is derived and what is asked in which round."""

    def __init__(self, stage: Stage) -> None:
        self.conditions = Conditions()
        self.conditions.levels = {field.name: 0 for field in stage.fields}
        self.derives: list[tuple[int, Derive]] = []
        self.asked: list[tuple[int, Asked]] = []
        self.formulas: list[tuple[int, Formula, Conclusion]] = []
        for step in stage.steps:
            self._step(step)
        for lemma in self.conditions.lemmas:
            self._ask(lemma.name, lemma.level, [lemma.truth])

    def _step(self, step: Derive | RuleList) -> None:
        c = self.conditions
        if isinstance(step, RuleList):
            self._list(step)
            return
        c.where = step.where
        node = self._so_far(step.node)
        if step.type is Type.FLAG and not isinstance(node, Read | Const):
            truth = c.of(node)
            level = c.level_of(truth)
            self._ask(step.name, level, [truth])
            self._name(step.name, level + 1)
        else:
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
        number = len(self.asked)
        self.asked.append((level, Asked(number, step, gives)))
        for i, truth in enumerate(truths):
            for place, formula in ((2 * number, truth.true), (2 * number + 1, truth.twin)):
                parts = rules(formula)
                if parts is None:
                    raise unsupported("this condition", self.conditions.where)
                self.formulas += [(level, part, (place, 1 << i)) for part in parts]

    def _name(self, name: str, level: int) -> None:
        if name in self.conditions.levels:
            raise unsupported(f"'{name}' made twice", self.conditions.where)
        self.conditions.levels[name] = level

    def _so_far(self, node: Node) -> Node:
        """Return the node with every name that no step has made yet as missing, as the reference finds it."""
        absent = {n.name: Const(None, n.type) for n in walk(node) if isinstance(n, Read) and n.name not in self.conditions.levels}
        return bind(node, absent) if absent else node


def plan(stage: Stage) -> Plan:
    """Return the rounds of a stage, with its rulesets made.

    Raises:
        UnsupportedError: KR512 this engine cannot carry the stage.
    """
    made = _Planner(stage)
    operands = made.conditions.operands
    codes = [operand.seal() for operand in operands]
    last = max((level for level, _ in (*made.derives, *made.asked)), default=0)
    kinds = count(1)
    rounds = []
    for level in range(last + 1):
        merged = _merged((formula, conclusion) for at, formula, conclusion in made.formulas if at == level)
        rounds.append(
            Round(
                tuple(derive for at, derive in made.derives if at == level),
                tuple(_sheet(next(kinds), blocks, operands, codes) for blocks in _sheets(merged, operands)),
                tuple(asked for at, asked in made.asked if at == level),
            )
        )
    return Plan(tuple(rounds), len(made.asked))


def _merged(formulas: Iterable[tuple[Formula, Conclusion]]) -> Iterator[_Rule]:
    """Return one rule for each formula that can be true, with all its conclusions."""
    found: dict[Formula, list[Conclusion]] = {}
    for formula, conclusion in formulas:
        if formula != NEVER:
            found.setdefault(formula, []).append(conclusion)
    return (_Rule(formula, tuple(concludes)) for formula, concludes in found.items())


def _used(found: Iterable[_Rule]) -> set[int]:
    return {test.operand for rule in found for test in tests(rule.formula)}


def _blocks(found: Iterable[_Rule]) -> Iterator[list[_Rule]]:
    """Cut rules into blocks whose tests fit the matcher's stack together."""
    block: list[_Rule] = []
    breadth = leaves = 0
    for rule in found:
        more = cost(rule.formula)
        if block and (breadth + more.breadth > BREADTH or leaves + more.leaves > BLOCK_LEAVES):
            yield block
            block, breadth, leaves = [], 0, 0
        block.append(rule)
        breadth, leaves = breadth + more.breadth, leaves + more.leaves
    if block:
        yield block


def _sheets(found: Iterable[_Rule], operands: list[Operand]) -> Iterator[list[list[_Rule]]]:
    """Cut blocks into rulesets; fence: fewer than 400 rules each, and facts of fewer than 255 fields."""
    sheet: list[list[_Rule]] = []
    count_, used = 0, set[int]()
    for block in _blocks(found):
        more = used | _used(block)
        fields = sum(1 if operands[i].right is None else 2 for i in more)
        if sheet and (count_ + len(block) > RULES or len(sheet) == BLOCKS or fields > FIELDS):
            yield sheet
            sheet, count_, more = [], 0, _used(block)
        sheet.append(block)
        count_, used = count_ + len(block), more
    if sheet:
        yield sheet


def _sheet(kind: int, blocks: list[list[_Rule]], operands: list[Operand], codes: list[list[int]]) -> Sheet:
    """Return one ruleset; what is always true is concluded by its rule 0, which sees the fact arrive."""
    definitions: list[list[Definition]] = []
    concludes: list[tuple[Conclusion, ...]] = [()]
    marks = {f"b{i}": 1 for i in range(len(blocks))} if len(blocks) > 1 else {}
    for i, block in enumerate(blocks):
        mark: list[Definition] = [{f"b{i}": 1}] if marks else []
        for rule in block:
            if rule.formula == ALWAYS:
                concludes[0] = rule.concludes
            else:
                definitions.append([*mark, *render(rule.formula, lambda index, place: codes[index][place])])
                concludes.append(rule.concludes)
    used = tuple(operands[i] for i in sorted(_used(rule for block in blocks for rule in block)))
    return Sheet(Ruleset(kind, definitions), marks, used, tuple(concludes))
