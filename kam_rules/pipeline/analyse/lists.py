"""Rule lists as a whole: rules that never fire, two that fire at once, accounts that none covers.

A rule is asked against those above it one by one, and only against those that an account found so far would fall to;
so the rules that mask it together are named. Each question asks at most as many accounts as there are rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from kam_rules.model.program import TIERS, Hit
from kam_rules.model.tree import TRUE, Node, Not, both
from kam_rules.pipeline.analyse.account import Facts
from kam_rules.pipeline.analyse.asked import Asked
from kam_rules.pipeline.analyse.ground import Ground, Insight, insight, name_of, seen
from kam_rules.pipeline.analyse.meaning import TooComplex, Want
from kam_rules.pipeline.analyse.solve import GivenUp, solve
from kam_rules.pipeline.assemble import TARGETS

MOST = 30
"""Tiers for which an account is looked for that reaches them."""
NAMED = 3


def questions(ground: Ground) -> Iterator[Insight]:
    """Ask every `first` and `unique` list."""
    for found in ground.lists:
        if found.hit is Hit.COLLECT:
            continue
        asked = Asked(ground, found)
        yield from _unreachable(asked)
        if found.hit is Hit.UNIQUE:
            yield from _overlaps(asked)
        if found.id != TARGETS and found.rules[-1].text != "otherwise":
            yield from _uncovered(asked)


def _unreachable(asked: Asked) -> Iterator[Insight]:
    for i, rule in enumerate(asked.found.rules):
        if rule.built_in or asked.rest(rule):
            continue
        try:
            core = asked.masking(i)
            if core is None:
                asked.ground.met.add(name_of(asked.found, rule))
                yield from _reached(asked, i)
            elif core:
                asked.ground.met.add(name_of(asked.found, rule))
                yield _masked(asked, i, core)
            else:
                asked.impossible.add(i)
        except (TooComplex, GivenUp):
            yield asked.unsure(rule, f"whether '{rule.id}' of {asked.found.id} can ever fire was not analysed: too many cases")


def _masked(asked: Asked, i: int, core: tuple[int, ...]) -> Insight:
    rule = asked.found.rules[i]
    above = [asked.found.rules[j] for j in core]
    nodes = (rule.when, *(other.when for other in above))
    example = asked.ground.example(
        (asked.formula(i, Want.TRUE),), lambda facts: asked.truth(i, facts) is True, nodes, assigning=asked.assigning
    )
    names = _and([f"'{other.id}'" for other in above])
    other = "above" if asked.found.hit is Hit.FIRST else "beside it"
    message = f"'{rule.id}' can never fire: every account that meets it falls to {names} {other}"
    fix = f"put it above {names}, or narrow {'that rule' if len(above) == 1 else 'those rules'}"
    if asked.found.hit is Hit.UNIQUE:
        fix = f"narrow {names}, so that no two rules hold at once"
    related = tuple(place for other in above[:NAMED] for place in seen(other, f"'{other.id}' takes its accounts"))
    return insight(
        "KR701",
        message,
        rule.where,
        fix,
        subject=name_of(asked.found, rule),
        example=example,
        related=related,
        touches=rule.when,
        assigning=asked.assigning,
    )


def _reached(asked: Asked, i: int) -> Iterator[Insight]:
    """Say of a tier that no account was found for, that none was: scores were taken as if each moved by itasked."""
    rule = asked.found.rules[i]
    if asked.found.id != TIERS or len(asked.found.rules) > MOST or rule.when == TRUE:
        return
    above = [asked.formula(j, Want.FALSE) for j in range(i)] if asked.found.hit is Hit.FIRST else []

    def decides(facts: Facts) -> bool:
        return facts.get("tier") == rule.id

    if asked.ground.examples.find([asked.formula(i, Want.TRUE), *above], decides, assigning=False) is None:
        message = f"no account was found that '{rule.id}' takes, and none was proved impossible"
        yield asked.unsure(rule, message)


def _overlaps(asked: Asked) -> Iterator[Insight]:
    """Ask each rule against those above whose cells it shares."""
    rules = asked.found.rules
    for j, rule in enumerate(rules):
        if rule.built_in or rule.text == "otherwise" or j in asked.impossible:
            continue
        for i in asked.crossing(j):
            if rules[i].built_in or i in asked.impossible:
                continue
            try:
                told = _overlap(asked, i, j)
            except (TooComplex, GivenUp):
                what = f"whether '{rules[i].id}' and '{rule.id}' of {asked.found.id} can both hold was not analysed: too many cases"
                told = asked.unsure(rule, what)
            if told is not None:
                yield told
                break


def _overlap(asked: Asked, i: int, j: int) -> Insight | None:
    pair = [asked.formula(i, Want.TRUE), asked.formula(j, Want.TRUE)]
    model = solve(asked.ground.world, pair)
    if model is None:
        return None
    first, second = asked.found.rules[i], asked.found.rules[j]

    def holds(facts: Facts) -> bool:
        return asked.truth(i, facts) is True and asked.truth(j, facts) is True

    example = asked.ground.example(pair, holds, (first.when, second.when), assigning=asked.assigning, proof=True)
    if not example:
        return asked.unsure(
            second, f"'{first.id}' and '{second.id}' of {asked.found.id} may hold at once; no account was found that shows it"
        )
    message = f"'{first.id}' and '{second.id}' can hold at once, and then nothing is decided"
    fix = "narrow one of them, or write hit: first"
    both_hold = both(first.when, second.when)
    return insight(
        "KR702",
        message,
        second.where,
        fix,
        subject=name_of(asked.found, second),
        example=example,
        related=seen(first, f"'{first.id}' holds, too"),
        touches=both_hold,
        assigning=asked.assigning,
    )


def _uncovered(asked: Asked) -> Iterator[Insight]:
    last = asked.found.rules[-1]
    try:
        model = asked.nobody()
    except (TooComplex, GivenUp):
        yield asked.unsure(last, f"whether every account falls to a rule of {asked.found.id} was not analysed: too many cases")
        return
    if model is None:
        return
    every_one = range(len(asked.found.rules))
    formulas = [asked.formula(j, Want.FALSE) for j in every_one]
    nodes: list[Node] = [rule.when for rule in asked.found.rules]

    def left(facts: Facts) -> bool:
        return all(asked.truth(j, facts) is False for j in every_one)

    example = asked.ground.example(formulas, left, nodes, assigning=asked.assigning, proof=True)
    if not example:
        yield asked.unsure(last, f"some accounts may fall to no rule of {asked.found.id}; none was found that shows it")
        return
    message = f"the rules of {asked.found.id} leave accounts that none of them takes, and nothing is decided for those"
    fix = "end the list with a rule that says otherwise: true"
    touches = both(*(Not(node) for node in nodes))
    yield insight("KR703", message, last.where, fix, subject=asked.found.id, example=example, touches=touches, assigning=asked.assigning)


def _and(names: list[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} together"
