"""Missing values: a list that can meet one says what happens, and what it says must be able to happen."""

from __future__ import annotations

from collections.abc import Iterator

from kam_rules.model.program import TIERS, Hit, Rule, RuleList
from kam_rules.model.tree import TRUE, Known, Not
from kam_rules.pipeline.analyse.account import Facts
from kam_rules.pipeline.analyse.conditions import possible
from kam_rules.pipeline.analyse.formula import Formula, every
from kam_rules.pipeline.analyse.ground import ASSIGNED, Ground, Insight, insight
from kam_rules.pipeline.analyse.meaning import TooComplex, Want
from kam_rules.pipeline.analyse.solve import GivenUp
from kam_rules.pipeline.assemble import STATES


def questions(ground: Ground) -> Iterator[Insight]:
    """Ask the lists that say `if_unknown`."""
    for found in ground.lists:
        if found.id not in {TIERS, STATES} or found.hit is not Hit.UNIQUE or found.if_unknown != "flag":
            continue
        for rule in found.rules:
            if rule.built_in or rule.when == TRUE:
                continue
            try:
                unknown = every((ground.meaning.truth(rule.when, Want.NOT_TRUE), ground.meaning.truth(rule.when, Want.NOT_FALSE)))
                meets = possible(ground, unknown)
            except (TooComplex, GivenUp):
                continue
            if meets:
                yield _told(ground, found, rule, unknown)
                break


def _told(ground: Ground, found: RuleList, rule: Rule, unknown: Formula) -> Insight:
    def open_(facts: Facts) -> bool:
        return ground.holds(rule.when, facts) is None

    example = ground.example((unknown,), open_, (rule.when,), assigning=found.id in ASSIGNED)
    message = f"{found.id} says if_unknown: flag, which a list with hit: unique cannot follow: a missing value leaves it undecided"
    where = ground.policy.document.map(found.id).key_where("if_unknown")
    fix, touches = "write if_unknown: hold, or hit: first", Not(Known(rule.when))
    assigning = found.id in ASSIGNED
    return insight("KR713", message, where, fix, subject=found.id, example=example, touches=touches, assigning=assigning)
