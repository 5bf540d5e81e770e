"""What can be known of a policy before anybody is decided by it: proved over all accounts that its contract allows.

One question a file. Nothing is said of an account that was not found and decided by the reference engine, nothing is
called impossible that was not proved, and what could be neither is said as such (KR712).

Work is polynomial in the rules. A condition is at most 16 boxes, or is asked as it stands. Whether a rule of a list of n
can fire takes at most n questions a box and 30 to leave out what a proof does not need; each question is given up after 400
choices, each of them polynomial in the size of the conditions. So a list asks at most 16·n² + 31·n such questions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kam_rules.model.policy import Policy
from kam_rules.model.program import Derive, Program
from kam_rules.model.tree import Const, reads
from kam_rules.pipeline.analyse import bands, conditions, effect, lists, neighbours, unknowns, unused
from kam_rules.pipeline.analyse.ground import Ground, Insight, ground
from kam_rules.sections.assumptions import constant_dates

QUESTIONS = (lists, conditions, bands, effect, neighbours, unknowns)


def analyse(policy: Policy) -> tuple[Insight, ...]:
    """Return what is wrong or idle in a policy, on any day on which one of its assumptions changes."""
    read = _read(policy.program)
    days = constant_dates({a.name: a for a in policy.assumptions if a.name in read}, policy.start, policy.end)
    found: dict[tuple[str, str], tuple[Insight, list[dt.date]]] = {}
    for day in days:
        for told in _on(ground(policy, day, _assumed(policy, day))):
            key = (told.finding.code, told.finding.subject)
            found.setdefault(key, (told, []))[1].append(day)
    dated = [_dated(insight, on, days) for insight, on in found.values()]
    return (*dated, *unused.questions(policy))


def _read(program: Program) -> set[str]:
    """Return every name that a condition or a figure reads; what only targets read changes no account's rules."""
    steps = (step for stage in program.stages for step in stage.steps)
    trees = (tree for step in steps for tree in ((step.node,) if isinstance(step, Derive) else (rule.when for rule in step.rules)))
    return {name for tree in trees for name in reads(tree)}


def _assumed(policy: Policy, day: dt.date) -> Mapping[str, Const]:
    dated = ((a, a.on(day)) for a in policy.assumptions)
    return {a.name: Const(value.value, a.type, a.name) for a, value in dated if value is not None}


def _on(here: Ground) -> Iterator[Insight]:
    for question in QUESTIONS:
        yield from question.questions(here)


def _dated(told: Insight, on: list[dt.date], days: tuple[dt.date, ...]) -> Insight:
    """Say on which days a finding holds, where it does not on all."""
    if len(on) == len(days):
        return told
    when = f" (with the assumptions of {', '.join(str(day) for day in on)})"
    return replace(told, finding=replace(told.finding, message=told.finding.message + when))
