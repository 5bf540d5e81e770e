"""The meaning: one account at a time, exact, Kleene, not tuned. The other engines are measured against this one."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kam_rules.model.amounts import half_even
from kam_rules.model.outcome import Outcome, Verdict, restore
from kam_rules.model.program import Derive, Hit, RuleList, Stage
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
    Value,
)

if TYPE_CHECKING:
    import polars as pl

    from kam_rules.model.progress import Progress


COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITH: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def evaluate(node: Node, facts: Mapping[str, Value]) -> Value:  # noqa: C901, PLR0911, PLR0912 - one case a node kind
    """Return the value of a tree for one account; None is missing or unknown."""
    match node:
        case Const(value):
            return value
        case Read(name):
            return facts.get(name)
        case Arith(op, left, right):
            return _arith(op, evaluate(left, facts), evaluate(right, facts))
        case Compare(op, left, right):
            a, b = evaluate(left, facts), evaluate(right, facts)
            return None if a is None or b is None else COMPARE[op](a, b)
        case And(items):
            return _kleene([evaluate(item, facts) for item in items], wins=False)
        case Or(items):
            return _kleene([evaluate(item, facts) for item in items], wins=True)
        case Not(item):
            inner = evaluate(item, facts)
            return None if inner is None else not inner
        case Known(item):
            return evaluate(item, facts) is not None
        case If(condition, then, otherwise):
            truth = evaluate(condition, facts)
            return None if truth is None else evaluate(then if truth else otherwise, facts)
        case FirstKnown(items):
            return next((v for v in (evaluate(item, facts) for item in items) if v is not None), None)
        case Extreme(op, items):
            found = [evaluate(item, facts) for item in items]
            best = min if op == "min" else max
            return None if None in found else best(found)  # type: ignore[type-var]
        case Round(item, places):
            inner = evaluate(item, facts)
            return half_even(inner, places) if isinstance(inner, Fraction) else None
        case Days(start, end):
            return _between(evaluate(start, facts), evaluate(end, facts), days)
        case Months(start, end):
            return _between(evaluate(start, facts), evaluate(end, facts), months)


def _arith(op: str, a: Value, b: Value) -> Value:
    if not isinstance(a, Fraction) or not isinstance(b, Fraction) or (op == "/" and b == 0):
        return None
    return ARITH[op](a, b)


def _kleene(truths: list[Value], *, wins: bool) -> Value:
    if any(truth is wins for truth in truths):
        return wins
    return None if None in truths else not wins


def _between(start: Value, end: Value, count: Callable[[dt.date, dt.date], int]) -> Value:
    if not isinstance(start, dt.date) or not isinstance(end, dt.date):
        return None
    return Fraction(count(start, end))


def days(start: dt.date, end: dt.date) -> int:
    """Return the days from start to end."""
    return (end - start).days


def months(start: dt.date, end: dt.date) -> int:
    """Return the completed months from start to end; negative where the end is earlier.

    Examples:
        >>> months(dt.date(2026, 1, 31), dt.date(2026, 2, 28)), months(dt.date(2026, 3, 15), dt.date(2026, 1, 15))
        (0, -2)
    """
    if end < start:
        return -months(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def judge(found: RuleList, truths: list[Value]) -> Verdict:
    """Return the outcome of a list from the truth of each of its rules, by its hit policy."""
    true = [i for i, truth in enumerate(truths) if truth is True]
    unknown = [i for i, truth in enumerate(truths) if truth is None]
    if found.hit is Hit.COLLECT:
        return Verdict(true=_mask(true), unknown=_mask(unknown))
    if found.hit is Hit.UNIQUE:
        return Verdict(rule=true[0] if len(true) == 1 else None, unknown=_mask(unknown))
    above = [i for i in unknown if not true or i < true[0]]
    decided = bool(true) and (not above or found.if_unknown == "flag")
    return Verdict(rule=true[0] if decided else None, unknown=_mask(above))


def _mask(bits: list[int]) -> int:
    return sum(1 << i for i in bits)


def take(stage: Stage, facts: dict[str, Value]) -> Outcome:
    """Take the steps of a stage for one account; `facts` gains what is derived and decided."""
    verdicts: dict[str, Verdict] = {}
    for step in stage.steps:
        if isinstance(step, Derive):
            facts[step.name] = evaluate(step.node, facts)
            continue
        verdict = judge(step, [evaluate(rule.when, facts) for rule in step.rules])
        verdicts[step.id] = verdict
        for i, (name, _) in enumerate(step.binds):
            facts[name] = None if verdict.rule is None else evaluate(step.rules[verdict.rule].gives[i], facts)
    return Outcome(verdicts, {figure.name: facts[figure.name] for figure in stage.kept})


def facts_of(stage: Stage, row: Mapping[str, object]) -> dict[str, Value]:
    """Return the facts of one table row, each number in the unit of its field."""
    return {f.name: restore(row[f.name], f.type, f.decimals) for f in stage.fields}  # type: ignore[arg-type]


class Reference:
    """The reference engine."""

    def decide(self, stage: Stage, table: pl.DataFrame, progress: Progress) -> pl.DataFrame:
        """Decide the stage for every row; see `Backend`."""
        from kam_rules.backends._table import one_by_one

        return one_by_one(stage, table, lambda row: take(stage, facts_of(stage, row)), progress)


ENGINE = Reference()
