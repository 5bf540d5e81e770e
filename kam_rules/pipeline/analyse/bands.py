"""Bands: those that no value can reach by the contract of what is measured, and neighbours that score alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kam_rules.model.program import Criterion, Rule
from kam_rules.pipeline.analyse.conditions import can
from kam_rules.pipeline.analyse.ground import Ground, Insight, insight, seen
from kam_rules.pipeline.analyse.meaning import TooComplex, Want
from kam_rules.pipeline.analyse.scores import rules_of
from kam_rules.pipeline.analyse.solve import GivenUp


def questions(ground: Ground) -> Iterator[Insight]:
    """Ask every criterion with bands."""
    for criterion in ground.program.criteria:
        if criterion.line is not None:
            continue
        rules = rules_of(ground.program, criterion).rules
        for i, rule in enumerate(rules):
            try:
                reached = can(ground, rule.when, Want.TRUE)
            except (TooComplex, GivenUp):
                message = f"it was not settled whether '{criterion.id}' can reach the band {rule.text}: no account shows it"
                fix = "measure a field or a plain difference or quotient of two"
                yield insight("KR712", message, rule.where, fix, subject=f"criteria.{rule.id}")
                continue
            if not reached:
                yield _unreached(ground, criterion, rules, i)
        for above, below in pairwise(rules) if criterion.edges else ():
            if _alike(above, below):
                yield _mergeable(ground, criterion, above, below)


def _unreached(ground: Ground, criterion: Criterion, rules: tuple[Rule, ...], i: int) -> Insight:
    """The example lies in the nearest band that somebody reaches."""
    rule = rules[i]
    example = next((found for other in sorted(rules, key=lambda r: abs(rules.index(r) - i)) if (found := _account(ground, other))), ())
    message = f"no value of {criterion.text} can reach the band {rule.text}: the contract rules it out"
    fix = "take the band out, or widen the contract under fields"
    return insight("KR708", message, rule.where, fix, subject=f"criteria.{rule.id}", example=example)


def _account(ground: Ground, rule: Rule) -> tuple[tuple[str, str], ...]:
    formula = ground.meaning.truth(rule.when, Want.TRUE)
    return ground.example((formula,), lambda facts: ground.holds(rule.when, facts) is True, (rule.when,), assigning=False)


def _alike(above: Rule, below: Rule) -> bool:
    labels = {dict(rule.note).get("label") for rule in (above, below)}
    reasons = {rule.because for rule in (above, below) if rule.because}
    return above.gives == below.gives and len(labels) == 1 and len(reasons) <= 1


def _mergeable(ground: Ground, criterion: Criterion, above: Rule, below: Rule) -> Insight:
    message = f"the bands {above.text} and {below.text} of '{criterion.id}' give the same score; one band says as much"
    fix = "take the second edge out, or give it another score"
    return insight(
        "KR709",
        message,
        below.where,
        fix,
        subject=f"criteria.{below.id}",
        example=_account(ground, below),
        related=seen(above, "the band with the same score"),
        touches=below.when,
    )
