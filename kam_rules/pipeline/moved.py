"""What one field of one account has a part in: the steps that it may move, with all else worked out once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from kam_rules.backends.reference import evaluate
from kam_rules.model.program import Derive, Rule, Stage, Step
from kam_rules.model.tree import Const, If, Node, Read, Value, children, reads, rebuild, type_of
from kam_rules.pipeline.assemble import nodes


def moved(stage: Stage, names: set[str], facts: Mapping[str, Value], wanted: Collection[str]) -> Stage:
    """Return a stage with only the steps that lead from some names to what is wanted, all that is settled put in as its value.

    Args:
        stage: the steps.
        names: what may change; gains every figure and name that may change with it.
        facts: the values and figures of the account as it is.
        wanted: the lists, by id, and the figures that are looked at.
    """
    return settled(led(stage, names, wanted), names, facts)


def led(stage: Stage, names: set[str], wanted: Collection[str]) -> Stage:
    """Return a stage with only the steps that lead from some names to what is wanted, of any account; see `moved`."""
    kept: list[Step] = []
    for step in stage.steps:
        if names & {read for node in nodes(step) for read in reads(node)}:
            kept.append(step)
            names |= _made(step)
    needed, steps = set(wanted), list[Step]()
    for step in reversed(kept):
        if needed & {*_made(step), *([] if isinstance(step, Derive) else [step.id])}:
            needed |= {read for node in nodes(step) for read in reads(node)}
            steps.insert(0, step)
    return replace(stage, steps=tuple(steps))


def settled(stage: Stage, names: Collection[str], facts: Mapping[str, Value]) -> Stage:
    """Return a stage with the value of everything but some names put in."""
    return replace(stage, steps=tuple(_put(step, names, facts) for step in stage.steps))


def _made(step: Step) -> set[str]:
    return {step.name} if isinstance(step, Derive) else {name for name, _ in step.binds}


def _put(step: Step, names: Collection[str], facts: Mapping[str, Value]) -> Step:
    def put(node: Node) -> Node:
        return rebuild(node, lambda part: _value(part, names, facts))

    def rule(one: Rule) -> Rule:
        return replace(one, when=put(one.when), gives=tuple(map(put, one.gives)))

    return replace(step, node=put(step.node)) if isinstance(step, Derive) else replace(step, rules=tuple(map(rule, step.rules)))


def _value(part: Node, names: Collection[str], facts: Mapping[str, Value]) -> Node:
    """Return a node as its value where that is settled."""
    if isinstance(part, Read):
        return part if part.name in names else Const(facts.get(part.name), part.type)
    below = children(part)
    if below and all(isinstance(child, Const) for child in below):
        return Const(evaluate(part, {}), type_of(part))
    if isinstance(part, If) and isinstance(part.condition, Const) and part.condition.value is not None:
        return part.then if part.condition.value else part.otherwise
    return part
