"""Accounts near an edge, and what rides on it: had one comparison come out the other way, all else equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from kam_rules.backends.reference import take
from kam_rules.feel.printer import say
from kam_rules.feel.printer import value as said
from kam_rules.model.errors import Where
from kam_rules.model.program import Criterion, Derive, Program, Rule, Stage, Step
from kam_rules.model.tree import Arith, Compare, Const, Node, Not, Read, Value, both, number, rebuild, type_of, walk
from kam_rules.model.types import Type
from kam_rules.model.weight import Edge
from kam_rules.pipeline.analyse.ground import ASSIGNED
from kam_rules.pipeline.assemble import INNER, TARGETS
from kam_rules.pipeline.weigh.book import Decided

MOST = 40
"""Accounts of one edge that are decided again; of more, the first are, and that is said."""
ORDERED = frozenset({"<", "<=", ">", ">="})
FULL = 100
Outcome = tuple[Value, Value, Fraction | None]


@dataclass(frozen=True)
class _Asked:
    """One edge: which accounts are near, and the stage in which it comes out the other way."""

    list_id: str
    rule: str
    text: str
    near: Node
    turned: Stage
    assigning: bool
    where: Where | None
    jump: Fraction | None = None


def edges(decided: Decided, within: Fraction) -> tuple[Edge, ...]:
    """Return every edge that has accounts within a share of it, those with most at stake first.

    Args:
        decided: the decided book.
        within: the share of the edge; of a score, the share of 100 points.
    """
    asked = [*_rules(decided.run.ready.program, within), *_bands(decided.run.ready.program, within)]
    near: dict[int, list[int]] = {}
    for assigning in (False, True):
        here = [i for i, edge in enumerate(asked) if edge.assigning is assigning]
        found = decided.rows([asked[i].near for i in here], assigning=assigning) if here else []
        near |= dict(zip(here, found, strict=True))
    known: dict[int, Outcome] = {}
    told = [_weighed(decided, edge, near[i], known) for i, edge in enumerate(asked) if near[i]]
    return tuple(sorted(told, key=lambda edge: (-edge.change, -edge.near.base, edge.list_id, edge.rule, edge.text)))


def _rules(program: Program, within: Fraction) -> Iterator[_Asked]:
    for stage in program.stages:
        for found in stage.lists:
            if found.id in {*INNER, TARGETS} or found.id.startswith("criteria."):
                continue
            for rule in found.rules:
                for part in dict.fromkeys(walk(rule.when)):
                    if rule.built_in or not isinstance(part, Compare) or part.op not in ORDERED:
                        continue
                    near = _near(part, within)
                    if near is not None:
                        turned = _turned(stage, part)
                        yield _Asked(found.id, rule.id, say(part), near, turned, found.id in ASSIGNED, rule.where)


def _near(part: Compare, within: Fraction) -> Node | None:
    """Return when the compared value lies within a share of the literal; None where there is no literal, or it is 0."""
    side, edge = (part.left, part.right) if isinstance(part.right, Const) else (part.right, part.left)
    if not isinstance(edge, Const) or not isinstance(edge.value, Fraction) or not edge.value or isinstance(side, Const):
        return None
    return None if _coarse(side, edge.value, within) else around(side, edge.value, within)


def _coarse(side: Node, edge: Fraction, within: Fraction) -> bool:
    """Tell whether a value moves in steps that are wider than the room around the edge: none lies near it, but on it."""
    return type_of(side) in {Type.INTEGER, Type.RATING} and abs(edge) * within < 1


def around(side: Node, edge: Fraction, within: Fraction) -> Node:
    """Return when a value lies within a share of an edge; of a score, within that share of 100 points."""
    room = within * FULL if isinstance(side, Read) and side.name == "score" else abs(edge) * within
    type_ = type_of(side)
    return both(Compare(">=", side, Const(edge - room, type_)), Compare("<=", side, Const(edge + room, type_)))


def _turned(stage: Stage, part: Compare) -> Stage:
    """Return the stage with one comparison the other way round, wherever it stands."""

    def change(node: Node) -> Node:
        return Not(part) if node == part else node

    def step(found: Step) -> Step:
        if isinstance(found, Derive):
            return replace(found, node=rebuild(found.node, change))
        return replace(found, rules=tuple(_changed(rule, change) for rule in found.rules))

    return replace(stage, steps=tuple(step(found) for found in stage.steps))


def _changed(rule: Rule, change: object) -> Rule:
    return replace(rule, when=rebuild(rule.when, change))  # type: ignore[arg-type]


def _bands(program: Program, within: Fraction) -> Iterator[_Asked]:
    """An edge of a band: the score of the criterion is the one of the band on the other side."""
    for criterion in program.criteria:
        for i, ((_, below), (edge, above)) in enumerate(pairwise(criterion.edges), start=1):
            if edge is None or not edge or below == above:
                continue
            measure = Read(f"{criterion.id}.measure", _measured(program, criterion))
            if _coarse(measure, edge, within):
                continue
            score = Read(criterion.score, Type.NUMBER)
            near = around(measure, edge, within)
            turned = _swapped(program.ranking, criterion, score, below, above)
            name = f"{criterion.id}.{i}"
            text = f"{criterion.text} >= {said(edge, measure.type, minor=program.minor)}"
            jump = criterion.weight * (above - below)
            yield _Asked("criteria", name, text, near, turned, assigning=False, where=criterion.where, jump=jump)


def _measured(program: Program, criterion: Criterion) -> Type:
    name = f"{criterion.id}.measure"
    return next(step.type for step in program.ranking.steps if isinstance(step, Derive) and step.name == name)


def _swapped(stage: Stage, criterion: Criterion, score: Read, below: Fraction, above: Fraction) -> Stage:
    """Return the stage in which the scores of two bands stand for one another."""
    total = number(below + above)
    other = Derive(criterion.score, Type.NUMBER, Arith("-", total, score, Type.NUMBER))
    steps: list[Step] = []
    for step in stage.steps:
        steps.append(step)
        if not isinstance(step, Derive) and step.id == f"criteria.{criterion.id}":
            steps.append(other)
    return replace(stage, steps=tuple(steps))


def _weighed(decided: Decided, edge: _Asked, rows: list[int], known: dict[int, Outcome]) -> Edge:
    flips, change = [], Fraction(0)
    program = decided.run.ready.program
    for i in rows[:MOST]:
        if i not in known:
            known[i] = _outcome(decided, i, program.ranking, program.assigning)
        was, turned = known[i], edge.turned
        ranking, assigning = (None, turned) if edge.assigning else (turned, program.assigning)
        now = _outcome(decided, i, ranking, assigning)
        if was[:2] != now[:2]:
            flips.append(i)
        if was[2] is not None and now[2] is not None:
            change += abs(now[2] - was[2])
    near = decided.weight(rows)
    return Edge(edge.list_id, edge.rule, edge.text, near, decided.weight(flips), change, edge.jump, min(len(rows), MOST), edge.where)


def _outcome(decided: Decided, i: int, ranking: Stage | None, assigning: Stage) -> Outcome:
    """Return eligible tier, state and target of an account by these stages; without the first, its tier is as before."""
    program = decided.run.ready.program
    start = decided.facts(i, assigning=False)
    take(ranking or program.ranking, start)
    facts = {**decided.facts(i, assigning=True), **start}
    take(assigning, facts)
    target = facts.get("target_amount")
    return start["tier"], facts.get("state"), target if isinstance(target, Fraction) else None
