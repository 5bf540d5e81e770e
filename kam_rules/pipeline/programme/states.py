"""States: potential is what could still come, not what came; and what is at risk is not asked to grow."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kam_rules.backends.reference import evaluate
from kam_rules.model.amounts import percent
from kam_rules.model.document import Mapping, at
from kam_rules.model.policy import Policy
from kam_rules.model.program import Program, Rule
from kam_rules.model.tree import TRUE, Compare, Const, Value, reads, walk
from kam_rules.pipeline.analyse.ground import Insight, insight
from kam_rules.pipeline.assemble import STATES, TARGETS
from kam_rules.pipeline.programme.spend import rises, written_out

AT_RISK = "at_risk"
WHOLE = Fraction(1)


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask the inputs, the rules and the targets of the states."""
    yield from _input(policy)
    yield from _rules(policy)
    yield from _at_risk(policy)


def _input(policy: Policy) -> Iterator[Insight]:
    program = policy.program
    node = dict(program.state_inputs).get("potential")
    if node is not None and rises(written_out(program, node), program.base) > 0:
        where = at(policy.document.map("states").map("inputs"), ("potential",))
        message = "the input potential rises with what the customer already pays: that is past growth or size, not room to grow"
        fix = "measure what could still come, such as wallet - base_revenue"
        yield insight("KR725", message, where, fix, subject="states.inputs.potential")


def _rules(policy: Policy) -> Iterator[Insight]:
    """A state that asks for growth looks at potential or penetration, not at past growth alone."""
    program = policy.program
    asked = {str(state): ratio for state, ratio in _asked(policy)}
    inputs = [written_out(program, node) for key, node in program.state_inputs if key != "maturity"]
    named = {name for key, node in program.state_inputs if key != "maturity" for name in reads(node)} - {program.base}
    room = {name for node in inputs for name in reads(node)} - {program.base}
    for rule in program.assigning.list(STATES).rules:
        state = _state(rule)
        growing = asked.get(state, WHOLE) > WHOLE and asked.get(state) == max(asked.values())
        if rule.built_in or rule.when == TRUE or rule.text == "otherwise" or not growing:
            continue
        if not named & set(reads(rule.when)) and not room & set(reads(written_out(program, rule.when))) and _grew(program, rule):
            message = f"'{rule.id}' asks for {percent(asked[state])} on past growth or size alone: {rule.text}"
            fix = "ask for room to grow, too, such as penetration < 40% and headroom >= 250000"
            yield insight("KR725", message, rule.where, fix, subject=f"states.{rule.id}", touches=rule.when, assigning=True)


def _grew(program: Program, rule: Rule) -> bool:
    """Tell whether a rule asks for something that rises with the base."""
    compared = [node for node in walk(rule.when) if isinstance(node, Compare)]
    sides = [side for node in compared for side in (node.left, node.right)]
    return any(rises(written_out(program, side), program.base) > 0 for side in sides)


def _state(rule: Rule) -> str:
    (given,) = rule.gives
    assert isinstance(given, Const)
    return str(given.value)


def _asked(policy: Policy) -> Iterator[tuple[Value, Fraction]]:
    """Walk the states with the highest target that each has on the first day."""
    named: dict[str, Value] = {a.name: dated.value for a in policy.assumptions if (dated := a.on(policy.start)) is not None}
    found: dict[Value, Fraction] = {}
    for rule in policy.program.assigning.list(TARGETS).rules:
        ratio = None if rule.built_in or rule.id == "own" else evaluate(rule.gives[0], named)
        if isinstance(ratio, Fraction):
            state = rule.id.partition(".")[0]
            found[state] = max(found.get(state, ratio), ratio)
    yield from found.items()


def _at_risk(policy: Policy) -> Iterator[Insight]:
    """Article 000: an account at risk is asked for 80% or even lower; above 100% is an aspiration."""
    ratio = dict(_asked(policy)).get(AT_RISK)
    if ratio is not None and ratio > WHOLE:
        by_state = policy.document.map("targets").map("by_state")
        where = at(by_state, (AT_RISK, "target")) if isinstance(by_state.get(AT_RISK), Mapping) else by_state.where
        message = f"the target of {AT_RISK} is {percent(ratio)}: who is about to leave is asked to grow (article 000: 80% or even lower)"
        yield insight("KR731", message, where, "lower the target, and write the figure as aspirational:", subject=f"targets.{AT_RISK}")
