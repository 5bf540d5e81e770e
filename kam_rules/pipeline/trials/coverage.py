"""What the tests of a policy reach: its rules, its edges, and every answer to its gates.

A rule is reached where it decides, or fires. An edge, a comparison with a number or a day in the condition of a rule, is
reached by two tests: one exactly on it, and one past it by the smallest step of a value, of which the rule decides one. A line is
reached by a test at each of its ends that has a score, and one between them. A gate is reached by each of its answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from kam_rules.backends.reference import evaluate
from kam_rules.feel.printer import say, value
from kam_rules.model.program import Criterion, Derive, Hit, Program, Rule, RuleList
from kam_rules.model.tree import And, Arith, Compare, Known, Node, Not, Or, Read, Value, rebuild, type_of, walk
from kam_rules.model.trial import Attempt, Item
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.assemble import GATES, INNER
from kam_rules.pipeline.trials.attempt import rule_name, sources

MOST_FIELDS = 8
"""Fields of a gate up to which every choice of missing ones is tried."""
Decided = Sequence[tuple[Program, Sequence[Attempt]]]


@dataclass(frozen=True, slots=True)
class Edge:
    """A comparison in the condition of a list's rule; `name` is the rule and the comparison as a reader knows it."""

    name: str
    rules: RuleList
    index: int
    node: Compare

    @property
    def rule(self) -> Rule:
        """The rule in whose condition it stands."""
        return self.rules.rules[self.index]

    def margin(self, attempt: Attempt) -> Fraction | None:
        """Return how far the left side lies above the right, in days for days; None where one is missing."""
        left, right = evaluate(self.node.left, attempt.facts), evaluate(self.node.right, attempt.facts)
        if isinstance(left, dt.date) and isinstance(right, dt.date):
            return Fraction((left - right).days)
        return left - right if isinstance(left, Fraction) and isinstance(right, Fraction) else None

    def decides(self, attempt: Attempt) -> bool:
        """Return whether the rule decides its list, or fires."""
        verdict = attempt.verdicts[self.rules.id]
        return bool(verdict.true >> self.index & 1) if self.rules.hit is Hit.COLLECT else verdict.rule == self.index


def coverage(program: Program, decided: Decided) -> tuple[Item, ...]:
    """Return everything that tests can reach, and whether one of them did.

    Args:
        program: the policy's program on its first day.
        decided: tests by the day that they speak of, each with the program of that day.
    """
    reached = {item for day, attempts in decided for item in _reached(day, attempts)}
    return tuple(replace(item, covered=(item.kind, item.name) in reached) for item in items(program))


def items(program: Program) -> Iterator[Item]:
    """Walk everything that tests can reach, in the order in which it is asked."""
    for rules in program.lists:
        if rules.id == GATES:
            for rule in rules.rules:
                answers = ("pass", "fail", *(("unknown",) if open_(program, rule.when) else ()))
                yield from (Item("gates", f"gates.{rule.id}.{answer}", rule.where) for answer in answers)
        elif rules.id not in INNER:
            yield from (Item("rules", rule_name(rules, rule), rule.where) for rule in rules.rules)
    for edge in edges(program):
        yield Item("edges", edge.name, edge.rule.where, need="a test on it, and one just past it, of which the rule decides one")
    for criterion in program.criteria:
        yield from (Item("edges", name, criterion.where, need="a test there that has a score") for name in ends(criterion))


def edges(program: Program) -> Iterator[Edge]:
    """Walk every edge once; two bands share the edge between them."""
    measures = {f"{c.id}.measure": c.text for c in program.criteria}
    for rules in program.lists:
        if rules.id in INNER:
            continue
        for i, rule in enumerate(rules.rules):
            found = [node for node in walk(rule.when) if isinstance(node, Compare) and _ordered(node)]
            if rules.id.startswith("criteria."):
                found = [node for node in found if node.op == ">="]
            if rule.text != "otherwise":
                yield from (Edge(f"{rule_name(rules, rule)}: {_said(node, measures)}", rules, i, node) for node in dict.fromkeys(found))


def _ordered(node: Compare) -> bool:
    return type_of(node.left).numeric or type_of(node.left) is Type.DATE


def _said(node: Compare, measures: Mapping[str, str]) -> str:
    """Write a comparison with the text of the measure in place of its inner name."""
    named = {name: Read(text, Type.NUMBER) for name, text in measures.items()}
    return say(rebuild(node, lambda part: named.get(part.name, part) if isinstance(part, Read) else part))


def ends(criterion: Criterion) -> tuple[str, ...]:
    """Return the three places of a line that tests reach; none where there is no line."""
    if criterion.line is None:
        return ()
    worst, best = (value(end, criterion.measure.type) for end in criterion.line)  # type: ignore[union-attr]
    return (f"criteria.{criterion.id}: at {worst}", f"criteria.{criterion.id}: at {best}", f"criteria.{criterion.id}: between the ends")


def _reached(program: Program, attempts: Sequence[Attempt]) -> Iterator[tuple[str, str]]:
    for attempt in attempts:
        for name in names_in(attempt, "rules"):
            yield ("gates" if name.startswith(f"{GATES}.") else "rules", name)
        yield from (("rules", f"triggers.{name}") for name in names_in(attempt, "triggers"))
        for criterion in program.criteria:
            yield from (("edges", name) for name, on in zip(ends(criterion), on_line(criterion, attempt), strict=False) if on)
    units = steps(program.fields)
    for edge in edges(program):
        if turned(edge, attempts, units, program.round):
            yield "edges", edge.name


def names_in(attempt: Attempt, key: str) -> tuple[str, ...]:
    """Return the ids that a test found under a key."""
    found = attempt.found[key]
    return found if isinstance(found, tuple) else ()


def open_(program: Program, condition: Node) -> bool:
    """Tell whether missing values can leave a condition unknown: false only where that is certain.

    Every choice of missing fields is tried; a comparison of known values may come out either way.
    """
    names = sources(program, condition)
    if len(names) > MOST_FIELDS:
        return True
    figures = {step.name: step.node for stage in program.stages for step in stage.steps if isinstance(step, Derive)}
    absent = (frozenset(names[i] for i in range(len(names)) if chosen >> i & 1) for chosen in range(2 ** len(names)))
    return any(None in _truths(condition, missing, figures) for missing in absent)


def _truths(node: Node, missing: frozenset[str], figures: Mapping[str, Node]) -> set[bool | None]:
    """Return every truth that a condition can have where these fields are missing and all others are known."""
    match node:
        case And(items_) | Or(items_):
            wins = isinstance(node, Or)
            parts = [_truths(item, missing, figures) for item in items_]
            found: set[bool | None] = {wins} if any(wins in part for part in parts) else set()
            rest = [part - {wins} for part in parts]
            if all(rest):
                found |= {truth for part in rest for truth in part if truth is None or all((not wins) in other for other in rest)}
            return found
        case Not(item):
            return {None if truth is None else not truth for truth in _truths(item, missing, figures)}
        case Known(Read(name)) if name not in figures:
            return {name not in missing}
        case _:
            return {True, False} if _sure(node, missing, figures) else {True, False, None}


def _sure(node: Node, missing: frozenset[str], figures: Mapping[str, Node]) -> bool:
    """Tell whether a value is certainly there: every field that it rests on is known, and nothing is divided."""
    for part in walk(node):
        if isinstance(part, Read):
            if part.name in missing or (part.name in figures and not _sure(figures[part.name], missing, figures)):
                return False
        elif isinstance(part, Arith) and part.op == "/":
            return False
    return True


def on_line(criterion: Criterion, attempt: Attempt) -> tuple[bool, ...]:
    """Tell whether a test stands at the worst end of a line, at the best, or between them, and has a score."""
    found = attempt.facts.get(f"{criterion.id}.measure")
    if criterion.line is None or not isinstance(found, Fraction) or attempt.facts.get("score") is None:
        return (False, False, False)
    worst, best = criterion.line
    return (found == worst, found == best, min(worst, best) < found < max(worst, best))


def steps(fields: Iterable[Field]) -> dict[str, Fraction]:
    """Return the smallest step of each field's values: a unit of its last decimal, or a day."""
    return {f.name: Fraction(1, 10**f.decimals) if f.type.numeric else Fraction(1) for f in fields if f.type.numeric or f.type is Type.DATE}


def turned(edge: Edge, attempts: Sequence[Attempt], units: Mapping[str, Fraction], places: int) -> bool:
    """Tell whether some test stands on the edge, and another just past it, and the rule decides one of the two."""
    margins = [(attempt, margin) for attempt in attempts if (margin := edge.margin(attempt)) is not None]
    on = [attempt for attempt, margin in margins if margin == 0]
    past = [(attempt, margin) for attempt, margin in margins if beyond(edge, margin)]
    unit = _unit(edge, units, places)
    return any(
        edge.decides(first) is not edge.decides(second) and (abs(margin) == unit or one_step(first.given, second.given, units))
        for first in on
        for second, margin in past
    )


def beyond(edge: Edge, margin: Fraction) -> bool:
    """Tell whether a margin lies on the side of the edge on which the comparison is not what it is on the edge."""
    return {">=": margin < 0, "<": margin < 0, ">": margin > 0, "<=": margin > 0}.get(edge.node.op, margin != 0)


def _unit(edge: Edge, units: Mapping[str, Fraction], places: int) -> Fraction | None:
    left = edge.node.left
    if isinstance(left, Read) and left.name in units:
        return units[left.name]
    if isinstance(left, Read) and left.name == "score":
        return Fraction(1, 10**places)
    return Fraction(1) if type_of(left) in {Type.INTEGER, Type.RATING, Type.DATE} else None


def one_step(first: Mapping[str, Value], second: Mapping[str, Value], units: Mapping[str, Fraction]) -> bool:
    """Tell whether two tests differ in one value alone, by its smallest step; any other word is one step from a word."""
    differ = [name for name in {**first, **second} if first.get(name) != second.get(name)]
    if len(differ) != 1:
        return False
    a, b = first.get(differ[0]), second.get(differ[0])
    if isinstance(a, str | bool) and isinstance(b, str | bool):
        return True
    if isinstance(a, dt.date) and isinstance(b, dt.date):
        return abs((a - b).days) == 1
    return isinstance(a, Fraction) and isinstance(b, Fraction) and abs(a - b) == units[differ[0]]
