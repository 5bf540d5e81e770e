"""What a missing value could still change: which tier the account would be eligible for, from which value on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from kam_rules.backends.reference import evaluate, take
from kam_rules.model.program import Derive, Program, Stage
from kam_rules.model.tree import ZERO, Arith, Compare, Const, Node, Read, Value, reads, rebuild, walk
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.assemble import nodes

FEW = 200
"""Domains of at most so many values are tried one by one."""


@dataclass(frozen=True, slots=True)
class Flip:
    """With `field` from `low` to `high` (None: no end), or with one of `words`, the account would be eligible for `tier`.

    Both ends are inclusive, in the field's own unit; all other values stay as they are.
    """

    field: Field
    tier: str | None
    low: Fraction | None = None
    high: Fraction | None = None
    words: tuple[Value, ...] = ()


def flips(program: Program, facts: Mapping[str, Value], tier: str | None) -> tuple[Flip, ...]:
    """Return, for each missing field by itself, every stretch of its values that gives another tier than `tier`.

    Stretches are found at the edges that the policy writes and, between two of them, by halving; each end is
    confirmed by deciding the account again.
    """
    stage = _ranking(program)
    start = {f.name: facts.get(f.name) for f in stage.fields}
    found: list[Flip] = []
    for field in stage.fields:
        if start[field.name] is None:
            found += _field(stage, field, start, tier)
    return tuple(found)


def _ranking(program: Program) -> Stage:
    """Return the steps from the fields to the tier, with the fields that they read."""
    ranking = program.ranking
    names = {name for step in ranking.steps for node in nodes(step) for name in reads(node)}
    return replace(ranking, fields=tuple(f for f in ranking.fields if f.name in names))


def _field(stage: Stage, field: Field, start: Mapping[str, Value], tier: str | None) -> Iterator[Flip]:
    def tier_with(value: Value) -> str | None:
        facts = {**start, field.name: value}
        take(stage, facts)
        given = facts["tier"]
        return given if isinstance(given, str) else None

    domain = _domain(field)
    if domain is not None:
        by_tier: dict[str | None, list[Value]] = {}
        for value in domain:
            by_tier.setdefault(tier_with(value), []).append(value)
        yield from (Flip(field, reached, words=tuple(words)) for reached, words in by_tier.items() if reached != tier)
    elif field.type.numeric:
        yield from _stretches(field, _points(stage, field, start), tier_with, tier)


def _domain(field: Field) -> Sequence[Value] | None:
    if field.type is Type.FLAG:
        return (True, False)
    if field.type is Type.CATEGORY:
        return field.values
    if field.type.numeric and field.decimals == 0 and field.least is not None and field.most is not None:
        count = math.floor(field.most) - math.ceil(field.least) + 1
        if count <= FEW:
            return [Fraction(math.ceil(field.least) + i) for i in range(count)]
    return None


def _points(stage: Stage, field: Field, start: Mapping[str, Value]) -> list[int]:
    """Return, in the field's smallest unit, the values around every edge that a rule or a line writes, and the ends."""
    scale = 10**field.decimals
    near = {place + step for place in edges(stage, field, start) for step in (-1, 0, 1, 2)}
    least = math.ceil(field.least * scale) if field.least is not None else min(near, default=0) - scale
    most = math.floor(field.most * scale) if field.most is not None else max(near, default=0) + scale
    return sorted({least, most} | {point for point in near if least <= point <= most})


def edges(stage: Stage, field: Field, facts: Mapping[str, Value]) -> set[int]:
    """Return, in the field's smallest unit, the value at or next below every edge that a rule or a line writes.

    An edge that reads the field more than once is not among them.
    """
    exact = (invert(_unfold(stage, node), field.name, wanted, facts) for node, wanted in _edges(stage))
    return {math.floor(edge * 10**field.decimals) for edge in exact if edge is not None}


def _edges(stage: Stage) -> Iterator[tuple[Node, Fraction]]:
    """Return every expression that is compared with a number, the ends of every line, and every divisor with nought."""
    for step in stage.steps:
        nodes = [step.node] if isinstance(step, Derive) else [rule.when for rule in step.rules]
        for node in (part for top in nodes for part in walk(top)):
            match node:
                case Compare(_, left, Const(Fraction() as edge)):
                    yield left, edge
                case Compare(_, Const(Fraction() as edge), right):
                    yield right, edge
                case Arith("/", Arith("-", measure, Const(Fraction() as worst)), Const(Fraction() as length)):
                    yield measure, worst
                    yield measure, worst + length
                case Arith("/", _, divisor):
                    yield divisor, ZERO


def _stretches(field: Field, points: list[int], tier_with: Callable[[Value], str | None], now: str | None) -> Iterator[Flip]:
    scale = 10**field.decimals

    def tier(point: int) -> str | None:
        return tier_with(Fraction(point, scale))

    starts = [(points[0], tier(points[0]))]
    for left, right in pairwise(points):
        at = left
        while tier(at) != tier(right):
            at = _change(tier, at, right)
            starts.append((at, tier(at)))
    ends = [*(point - 1 for point, _ in starts[1:]), None]
    open_low = field.least is None
    for i, ((low, reached), high) in enumerate(zip(starts, ends, strict=True)):
        if reached != now:
            lowest = None if i == 0 and open_low else Fraction(low, scale)
            yield Flip(field, reached, lowest, None if high is None else Fraction(high, scale))


def _change(tier: Callable[[int], str | None], left: int, right: int) -> int:
    """Return the first point past `left` whose tier differs, where the answer changes once in between."""
    first = tier(left)
    while right - left > 1:
        middle = (left + right) // 2
        left, right = (middle, right) if tier(middle) == first else (left, middle)
    return right


def _unfold(stage: Stage, node: Node) -> Node:
    """Return the tree with every figure written out, so that it reads fields alone."""
    formulas = {step.name: step.node for step in stage.steps if isinstance(step, Derive)}

    def change(part: Node) -> Node:
        return _unfold(stage, formulas[part.name]) if isinstance(part, Read) and part.name in formulas else part

    return rebuild(node, change)


def invert(node: Node, name: str, wanted: Fraction, facts: Mapping[str, Value]) -> Fraction | None:
    """Return the value of `name` for which the tree has the value `wanted`; None where it stands in more than one place.

    Examples:
        >>> headroom = Arith("-", Read("wallet", Type.MONEY), Read("base", Type.MONEY), Type.MONEY)
        >>> invert(headroom, "wallet", Fraction(250), {"base": Fraction(100)})
        Fraction(350, 1)
    """
    if isinstance(node, Read):
        return wanted if node.name == name else None
    if not isinstance(node, Arith):
        return None
    inside = [name in reads(side) for side in (node.left, node.right)]
    if inside[0] == inside[1]:
        return None
    other = evaluate(node.right if inside[0] else node.left, facts)
    below = _undo(node.op, wanted, other, left=inside[0]) if isinstance(other, Fraction) else None
    return None if below is None else invert(node.left if inside[0] else node.right, name, below, facts)


def _undo(op: str, wanted: Fraction, other: Fraction, *, left: bool) -> Fraction | None:
    match op:
        case "+":
            return wanted - other
        case "-":
            return wanted + other if left else other - wanted
        case "*":
            return wanted / other if other else None
        case _:
            return wanted * other if left else other / wanted if wanted else None
