"""What a tree can come to while one field runs through a stretch of its values: exactly so, between two bounds, or open.

Sound, never sharper than it can prove: where a stretch is not enough to tell, the answer is OPEN, and a shorter one is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from kam_rules.backends.reference import evaluate, judge
from kam_rules.model.outcome import Verdict
from kam_rules.model.program import Derive, RuleList, Stage
from kam_rules.model.tree import (
    ZERO,
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
    Value,
    children,
    type_of,
)
from kam_rules.model.types import Type
from kam_rules.pipeline.line import Line
from kam_rules.pipeline.slopes import OPEN, Might, Span, Sure, arith, as_span, compare, day, extreme, rounded, whole_months

Mights = dict[str, Might]


def along(line: Line, low: int, high: int) -> Might:
    """Return a field whose value is taken from one place of its line to another."""
    if low == high:
        return Sure(line.value(low))
    unit = Fraction(1, line.scale)
    return Span(low * unit, high * unit, low * unit, high * unit, (unit, unit), high - low)


def might(node: Node, facts: Mapping[str, Might]) -> Might:
    """Return what a tree can come to."""
    match node:
        case Const(value):
            return Sure(value)
        case Read(name):
            return facts.get(name, Sure(None))
        case If(condition, then, otherwise):
            truth = might(condition, facts)
            if isinstance(truth, Sure):
                return Sure(None) if truth.value is None else might(then if truth.value else otherwise, facts)
            one, other = might(then, facts), might(otherwise, facts)
            return one if one == other and isinstance(one, Sure) and one.value is None else OPEN
    parts = [might(child, facts) for child in children(node)]
    sure = [part.value for part in parts if isinstance(part, Sure)]
    return Sure(_exactly(node, sure)) if len(sure) == len(parts) else _over(node, parts)


def _over(node: Node, parts: list[Might]) -> Might:
    """Return what a node comes to over its parts, not all of them sure."""
    match node:
        case And() | Or():
            wins = isinstance(node, Or)
            return Sure(wins) if Sure(wins) in parts else OPEN
        case Known():
            return Sure(value=True) if isinstance(parts[0], Span) else OPEN
        case FirstKnown():
            return next((part for part in parts if part != Sure(None)), Sure(None))
        case Arith("/") if parts[1] == Sure(ZERO):
            return Sure(None)
    if Sure(None) in parts and not isinstance(node, Not):
        return Sure(None)
    steps = next((part.steps for part in parts if isinstance(part, Span)), 0)
    found = [as_span(part, steps) for part in parts]
    return OPEN if None in found else _between(node, [part for part in found if part is not None])


def _exactly(node: Node, values: Iterable[Value]) -> Value:
    """Return the value of a node whose parts are known: the meaning itself, asked of literals."""
    literals = iter(values)

    def put(child: Node) -> Const:
        return Const(next(literals), type_of(child))

    match node:
        case And(items) | Or(items) | FirstKnown(items) | Extreme(_, items):
            node = replace(node, items=tuple(map(put, items)))
        case Not(item) | Known(item) | Round(item):
            node = replace(node, item=put(item))
        case Arith(_, left, right) | Compare(_, left, right):
            node = replace(node, left=put(left), right=put(right))
        case Days(start, end) | Months(start, end):
            node = replace(node, start=put(start), end=put(end))
    return evaluate(node, {})


def _between(node: Node, parts: list[Span]) -> Might:
    """Return what a node comes to between the bounds of its parts, by where each kind rises and falls."""
    match node:
        case Arith(op):
            return arith(op, *parts)
        case Compare(op):
            return compare(op, *parts)
        case Extreme(op):
            found = extreme(min if op == "min" else max, parts)
            return Sure(day(found.value)) if isinstance(found, Sure) and node.type is Type.DATE else found
        case Round(_, places):
            return rounded(parts[0], places)
        case Days():
            return arith("-", parts[1], parts[0])
        case Months():
            return whole_months(*parts)
    return OPEN


def take(stage: Stage, facts: Mights) -> dict[str, Verdict | None]:
    """Take the steps of a stage for a stretch; a list whose outcome the stretch leaves open has None."""
    verdicts: dict[str, Verdict | None] = {}
    for step in stage.steps:
        if isinstance(step, Derive):
            facts[step.name] = might(step.node, facts)
            continue
        verdict = verdicts[step.id] = _judged(step, [might(rule.when, facts) for rule in step.rules])
        for i, (name, _) in enumerate(step.binds):
            given = OPEN if verdict is None else Sure(None) if verdict.rule is None else might(step.rules[verdict.rule].gives[i], facts)
            facts[name] = given
    return verdicts


def _judged(rules: RuleList, truths: list[Might]) -> Verdict | None:
    """Return the outcome of a list; rules below the first true one of a first list may stay open."""
    sure = [truth.value if isinstance(truth, Sure) else OPEN for truth in truths]
    if rules.hit.value == "first" and True in sure:
        first = sure.index(True)
        sure = [*sure[: first + 1], *(False for _ in sure[first + 1 :])]
    return None if OPEN in sure else judge(rules, sure)  # type: ignore[arg-type]
