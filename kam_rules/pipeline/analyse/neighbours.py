"""Neighbouring rules that decide alike: one rule with `or` would say as much."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kam_rules.model.program import Hit, Rule, RuleList
from kam_rules.pipeline.analyse.ground import ASSIGNED, Ground, Insight, insight, name_of, seen
from kam_rules.pipeline.analyse.meaning import TooComplex, Want
from kam_rules.pipeline.assemble import TARGETS


def questions(ground: Ground) -> Iterator[Insight]:
    """Compare each rule of a list that decides with the one above it."""
    for found in ground.lists:
        if found.hit is Hit.COLLECT:
            continue
        for above, below in pairwise(found.rules):
            if not above.built_in and not below.built_in and _alike(found, above, below):
                yield _told(ground, found, above, below)


def _alike(found: RuleList, above: Rule, below: Rule) -> bool:
    """Tell whether two rules give the same and say nothing different about it; lines of one state, where it is a target."""
    if found.id == TARGETS and above.id.partition(".")[0] != below.id.partition(".")[0]:
        return False
    reasons = {rule.because for rule in (above, below) if rule.because}
    return above.gives == below.gives and above.note == below.note and len(reasons) <= 1


def _told(ground: Ground, found: RuleList, above: Rule, below: Rule) -> Insight:
    assigning = found.id in ASSIGNED
    try:
        formulas = (ground.meaning.truth(below.when, Want.TRUE),)
        example = ground.example(formulas, lambda facts: ground.holds(below.when, facts) is True, (below.when,), assigning=assigning)
    except TooComplex:
        example = ()
    message = f"'{above.id}' and '{below.id}' stand next to each other and decide alike; one of them with `or` says as much"
    fix = "write both conditions in one rule, or say in because: what sets them apart"
    return insight(
        "KR709",
        message,
        below.where,
        fix,
        subject=name_of(found, below),
        example=example,
        related=seen(above, f"'{above.id}' decides the same"),
        touches=below.when,
        assigning=assigning,
    )
