"""Make a policy ready for one day: assumptions and dates become constants of its program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from kam_rules.model.errors import Finding, PolicyError, UsageError
from kam_rules.model.ladder import Reconciliation
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Policy, Ready
from kam_rules.model.program import Derive, Program, Rule, Stage, Step
from kam_rules.model.tree import Const, Node, bind
from kam_rules.model.types import Type
from kam_rules.pipeline.figures import figure_faults
from kam_rules.sections.assumptions import parse_value


def effective_on(policy: Policy, as_of: dt.date, asked: dt.date | None) -> dt.date:
    """Return the day for which the policy decides: the day of the data, or the first day where that lies before.

    Raises:
        PolicyError: KR318 the day lies outside the policy's year.
    """
    day = asked or max(as_of, policy.start)
    if policy.start <= day <= policy.end:
        return day
    where = policy.document.key_where("effective")
    message = f"{policy.fiscal_year} is in force from {policy.start} to {policy.end}, not on {day}"
    fix = f"choose a day from {policy.start} to {policy.end}, or take the policy that is in force on {day}"
    raise PolicyError(Finding("KR318", message, where, fix))


def constants(policy: Policy, as_of: dt.date, day: dt.date, sets: Mapping[str, str]) -> tuple[dict[str, Const], dict[str, str]]:
    """Return what `as_of` and each assumption stand for on `day`, and where each comes from.

    Raises:
        UsageError: KR317 a name or value of `sets` is not known.
    """
    found = {"as_of": Const(as_of, Type.DATE, "as_of")}
    sources = {"as_of": "the day of the data"}
    names = [a.name for a in policy.assumptions]
    for name in sets:
        if name not in names:
            raise UsageError(Finding("KR317", f"there is no assumption '{name}' to set", None, did_you_mean(name, names)))
    for assumption in policy.assumptions:
        dated = assumption.on(day)
        if dated is None:
            continue
        value, source = dated.value, f"{dated.source}, approved by {dated.approved_by}, since {dated.since} ({dated.where})"
        if assumption.name in sets:
            value, source = _set(assumption.name, assumption.type, sets[assumption.name], policy), "set for this run alone"
        found[assumption.name] = Const(value, assumption.type, assumption.name)
        sources[assumption.name] = source
    return found, sources


def _set(name: str, type_: Type, text: str, policy: Policy) -> Fraction:
    parsed = parse_value(text, policy.program.currency)
    if parsed is None or parsed[0] is not type_:
        fix = f"write --set {name}={text.rstrip('%')}%" if type_ is Type.RATIO else f"write a {type_}"
        raise UsageError(Finding("KR317", f"'{text}' is no {type_} for '{name}'", None, fix))
    return parsed[1]


def compile_policy(policy: Policy, as_of: dt.date, asked: dt.date | None = None, sets: Mapping[str, str] | None = None) -> Ready:
    """Return the policy's program for one day.

    Args:
        policy: a checked policy.
        as_of: the day of the data.
        asked: the day to decide for; by default see `effective_on`.
        sets: assumptions to replace in this run, as texts such as ``3%``.

    Raises:
        PolicyError: the day lies outside the year, or a floor lies above its target with the assumptions set.
        UsageError: an assumption to set is not known.
    """
    day = effective_on(policy, as_of, asked)
    named, sources = constants(policy, as_of, day, sets or {})
    program = replace(bound(policy.program, named), as_of=as_of, on=day)
    if sets:
        _prove(policy, named, ", ".join(f"{name}={value}" for name, value in sets.items()))
    return Ready(program, as_of, day, named, sources, dict(sets or {}))


def bound(program: Program, named: Mapping[str, Const]) -> Program:
    """Return the program with every read of a name in `named` replaced by its value."""
    return _map(program, lambda node: bind(node, named))


def _prove(policy: Policy, named: Mapping[str, Const], when: str) -> None:
    ends = policy.document.map("targets").scalars("plausible")
    low, high = (Fraction(end.text.rstrip("%")) / 100 for end in ends)
    values = {name: const.value for name, const in named.items()}
    found = []
    for rule in policy.program.list("targets").rules:
        if not rule.built_in and rule.id != "own":
            found += figure_faults(rule, policy.document, values, (low, high), f"with {when}")
    if found:
        raise PolicyError(found)


def _map(program: Program, change: Callable[[Node], Node]) -> Program:
    return replace(
        program,
        stages=tuple(_map_stage(stage, change) for stage in program.stages),
        criteria=tuple(replace(c, measure=change(c.measure)) for c in program.criteria),
        state_inputs=tuple((key, change(node)) for key, node in program.state_inputs),
        watches=tuple(replace(watch, when=change(watch.when)) for watch in program.watches),
        reconciliation=_map_top_down(program.reconciliation, change),
    )


def _map_top_down(found: Reconciliation | None, change: Callable[[Node], Node]) -> Reconciliation | None:
    if found is None or found.top_down.nrr is None:
        return found
    return replace(found, top_down=replace(found.top_down, nrr=change(found.top_down.nrr)))


def _map_stage(stage: Stage, change: Callable[[Node], Node]) -> Stage:
    steps = tuple(_map_step(step, change) for step in stage.steps)
    return replace(stage, steps=steps, fields=stage.fields)


def _map_step(step: Step, change: Callable[[Node], Node]) -> Step:
    if isinstance(step, Derive):
        return replace(step, node=change(step.node))
    return replace(step, rules=tuple(_map_rule(rule, change) for rule in step.rules))


def _map_rule(rule: Rule, change: Callable[[Node], Node]) -> Rule:
    return replace(rule, when=change(rule.when), gives=tuple(change(node) for node in rule.gives))
