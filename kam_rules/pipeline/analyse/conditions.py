"""Conditions that are the same for every account: never true, never false, or with a part that decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from kam_rules.feel.printer import say
from kam_rules.model.amounts import shown
from kam_rules.model.program import Rule, RuleList
from kam_rules.model.tree import TRUE, And, Compare, Const, Node, Not, Or, Read, reads
from kam_rules.pipeline.analyse.formula import Among, Formula, Has, Within
from kam_rules.pipeline.analyse.ground import ASSIGNED, Ground, Insight, insight, name_of
from kam_rules.pipeline.analyse.meaning import Meaning, TooComplex, Want
from kam_rules.pipeline.analyse.quick import ask_of
from kam_rules.pipeline.analyse.solve import GivenUp, solve
from kam_rules.pipeline.analyse.world import Number


def questions(ground: Ground) -> Iterator[Insight]:
    """Ask every condition that somebody wrote."""
    for found in ground.lists:
        for rule in found.rules:
            if rule.built_in or rule.when == TRUE or rule.text == "otherwise":
                continue
            try:
                yield from _rule(ground, found, rule)
            except (TooComplex, GivenUp):
                message = f"it was not settled whether '{rule.id}' can be true and false: no account shows it, and no proof denies it"
                fix = "compare sums, or a quotient with a figure; write it as several rules"
                yield insight("KR712", message, rule.where, fix, subject=name_of(found, rule))


def can(ground: Ground, node: Node, want: Want) -> bool:
    """Tell whether a condition can be true, or false: some account shows it, or it is proved that none does.

    Raises:
        GivenUp: neither was found.
        TooComplex: the condition has too many cases.
    """
    wanted = want is Want.TRUE
    ask = ask_of(node)
    if any(ask(facts) is wanted for facts in ground.pool):
        return True
    model = solve(ground.world, (ground.meaning.truth(node, want),))
    if model is not None and ground.fitting(model, lambda facts: ask(facts) is wanted) is None:
        raise GivenUp
    return model is not None


def possible(ground: Ground, formula: Formula) -> bool:
    """Tell whether some account fits; what the contract leaves of one literal, some account has.

    Raises:
        GivenUp: the bound was reached.
    """
    if isinstance(formula, Within) and len(formula.terms) == 1 and formula.terms[0][0] not in ground.world.ratios:
        return True
    if isinstance(formula, bool | Among | Has):
        return formula is not False
    return solve(ground.world, (formula,)) is not None


def _rule(ground: Ground, found: RuleList, rule: Rule) -> Iterator[Insight]:
    assigning = found.id in ASSIGNED
    subject = name_of(found, rule)
    if subject not in ground.met and not can(ground, rule.when, Want.TRUE):
        yield _never(ground, found, rule)
    elif not can(ground, rule.when, Want.FALSE):
        example = ground.example((), lambda facts: ground.holds(rule.when, facts) is True, (rule.when,), assigning=assigning)
        message = f"'{rule.id}' is true for every account whose values are known: {say(rule.when)} is never false"
        fix = "change the condition, or take the rule out; the contract under fields says which values can occur"
        yield insight("KR705", message, rule.where, fix, subject=subject, example=example, touches=rule.when, assigning=assigning)
    else:
        yield from _parts(ground, found, rule)


def _never(ground: Ground, found: RuleList, rule: Rule) -> Insight:
    assigning = found.id in ASSIGNED
    example = ground.example((), lambda facts: ground.holds(rule.when, facts) is False, (rule.when,), assigning=assigning)
    if ground.score is not None and "score" in reads(rule.when) and _without_score(ground, rule):
        scale = 10**ground.program.round
        number = ground.world.numbers["score"]
        low, high = (shown(Fraction(end, scale), 6) for end in (number.low or 0, number.high or 0))
        message = f"no score can reach '{rule.id}': {say(rule.when)}, and the criteria add up to {low} at least and {high} at most"
        fix = f"move the edge into {low} to {high}, or let the criteria score more"
        return insight("KR707", message, rule.where, fix, subject=name_of(found, rule), example=example, assigning=assigning)
    message = f"'{rule.id}' is never true: no account can meet {say(rule.when)}"
    fix = "change the condition; the contract under fields says which values can occur"
    return insight("KR704", message, rule.where, fix, subject=name_of(found, rule), example=example, assigning=assigning)


def _without_score(ground: Ground, rule: Rule) -> bool:
    """Tell whether the condition could be true if scores had no limits."""
    world = replace(ground.world, numbers={**ground.world.numbers, "score": Number(None, None, ground.program.round, 0)})
    return solve(world, (Meaning(world).truth(rule.when, Want.TRUE),)) is not None


def _parts(ground: Ground, found: RuleList, rule: Rule) -> Iterator[Insight]:
    atoms = list(_atoms(rule.when))
    each = isinstance(rule.when, And) and rule.when.items == tuple(atoms)
    for atom in atoms if len(atoms) > 1 else ():
        truths = [each or can(ground, atom, Want.TRUE), can(ground, atom, Want.FALSE)]
        if all(truths):
            continue
        truth = "true" if truths[0] else "false"
        assigning = found.id in ASSIGNED
        test = ground.example((), lambda facts: True, (atom,), assigning=assigning)  # noqa: ARG005 - any account shows it
        message = f"in '{rule.id}', the part {say(atom)} is {truth} for every account whose values are known, so it decides nothing"
        fix = "take the part out, or move its edge to where accounts can be"
        subject = f"{name_of(found, rule)}: {say(atom)}"
        yield insight("KR706", message, rule.where, fix, subject=subject, example=test, assigning=assigning)


def _atoms(node: Node) -> Iterator[Node]:
    """Walk the comparisons and flags that a condition is made of."""
    match node:
        case And(items) | Or(items):
            for item in items:
                yield from _atoms(item)
        case Not(item):
            yield from _atoms(item)
        case Compare() | Read() | Const():
            yield node
