"""The analysis against the reference: what a formula says of a condition is what the engine says of every account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings

from kam_rules.backends.reference import evaluate
from kam_rules.model.outcome import restore
from kam_rules.model.tree import Value
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.cells import Grid
from kam_rules.pipeline.analyse.formula import All, Among, Formula, Has, Some, Within
from kam_rules.pipeline.analyse.linear import GivenUp, Problem
from kam_rules.pipeline.analyse.linear import solve as point
from kam_rules.pipeline.analyse.meaning import Meaning, TooComplex, Want
from kam_rules.pipeline.analyse.quick import Quick
from kam_rules.pipeline.analyse.solve import solve
from kam_rules.pipeline.analyse.world import World, add_field
from tests.generators import Look, Trees, random_rows, random_stage, randoms

DAY = dt.date(2026, 7, 1)
LOOKS = (Look(depth=2), Look(depth=3, written=True), Look(depth=2, nested=False))


class Account(Mapping[str, Value]):
    """Plain facts, as the analysis asks for them."""

    def __init__(self, facts: Mapping[str, Value]) -> None:
        self.facts = dict(facts)

    def __getitem__(self, name: str) -> Value:
        return self.facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


def holds(formula: Formula, quick: Quick, facts: Account) -> bool:
    """Tell whether a formula holds for an account; terms that are no sums have the value that the reference gives them."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, All):
        return all(holds(part, quick, facts) for part in formula.parts)
    if isinstance(formula, Some):
        return any(holds(part, quick, facts) for part in formula.parts)
    if isinstance(formula, Has):
        return (facts[formula.name] is not None) is formula.known
    if isinstance(formula, Among):
        return facts[formula.name] is not None and (facts[formula.name] in formula.words) is formula.inside
    assert isinstance(formula, Within)
    units = [quick.units(facts, name) for name, _ in formula.terms]  # type: ignore[arg-type]
    if None in units:
        return False
    total = sum(by * (number or 0) for (_, by), number in zip(formula.terms, units, strict=True))
    return (formula.low is None or total >= formula.low) and (formula.high is None or total <= formula.high)


def truths(value: Value) -> dict[Want, bool]:
    return {Want.TRUE: value is True, Want.FALSE: value is False, Want.NOT_TRUE: value is not True, Want.NOT_FALSE: value is not False}


@settings(max_examples=120)
@given(randoms())
def test_a_formula_says_of_a_condition_what_the_reference_engine_says(rng: Random):
    """Exactly, where the condition is made of sums; else at least wherever the engine says so: never is never said wrongly."""
    stage = random_stage(rng, rng.choice(LOOKS))
    found = World()
    for field in stage.fields:
        add_field(found, field, DAY)
    names: dict[Type, list[str]] = {type_: [f.name for f in stage.fields if f.type is type_] for type_ in Type}
    trees = Trees(rng, names, {f.name: f.values for f in stage.fields}, rng.choice(LOOKS))
    accounts = [
        Account({f.name: restore(row[f.name], f.type, f.decimals) for f in stage.fields})
        for row in random_rows(rng, stage, 12).iter_rows(named=True)
    ]
    for _ in range(6):
        node = trees.tree(Type.FLAG)
        meaning = Meaning(found)
        try:
            formulas = {want: meaning.truth(node, want) for want in Want}
        except TooComplex:
            continue
        quick = Quick([node], found, meaning.loose)
        for account in accounts:
            for want, truth in truths(evaluate(node, account)).items():
                said = holds(formulas[want], quick, account)
                assert said or not truth, (want, node, dict(account))
                if not meaning.loose:
                    assert said is truth, (want, node, dict(account))


@settings(max_examples=60)
@given(randoms())
def test_a_proof_that_no_account_fits_is_never_refuted_and_boxes_say_the_same(rng: Random):
    stage = random_stage(rng, rng.choice(LOOKS))
    found = World()
    for field in stage.fields:
        add_field(found, field, DAY)
    names: dict[Type, list[str]] = {type_: [f.name for f in stage.fields if f.type is type_] for type_ in Type}
    trees = Trees(rng, names, {f.name: f.values for f in stage.fields}, rng.choice(LOOKS))
    accounts = [
        Account({f.name: restore(row[f.name], f.type, f.decimals) for f in stage.fields})
        for row in random_rows(rng, stage, 40).iter_rows(named=True)
    ]
    meaning = Meaning(found)
    conditions = [trees.tree(Type.FLAG) for _ in range(5)]
    try:
        formulas = [meaning.truth(node, Want.TRUE) for node in conditions]
    except TooComplex:
        return
    quick = Quick(conditions, found, meaning.loose)
    grid = Grid(formulas, found)
    for formula in formulas:
        fits = [account for account in accounts if holds(formula, quick, account)]
        try:
            model = solve(found, (formula,))
        except GivenUp:
            continue
        assert model is not None or not fits
    for account in accounts:
        mask = grid.holding(partial(quick.units, account), partial(quick.present, account), grid.every)  # type: ignore[arg-type]
        for i, formula in enumerate(formulas):
            if not grid.whole >> i & 1:
                assert bool(mask & grid.rules[i]) is holds(formula, quick, account)


@pytest.mark.parametrize("seed", range(4))
def test_whole_numbers_within_limits_are_found_where_there_are_any(seed: int):
    """Held against trying every one."""
    rng = Random(seed)  # noqa: S311 - tests need repeatable chance
    for _ in range(300):
        names = "xyz"[: rng.randint(1, 3)]
        limits = {name: (rng.randint(-4, 0), rng.randint(0, 4)) for name in names}
        sums = {}
        for _ in range(rng.randint(1, 3)):
            terms = tuple((name, rng.choice([-3, -2, -1, 1, 2, 3])) for name in names)
            sums[terms] = (rng.choice([None, rng.randint(-6, 6)]), rng.choice([None, rng.randint(-6, 6)]))
        fitting = [
            dict(zip(names, values, strict=True))
            for values in product(*(range(low, high + 1) for low, high in limits.values()))
            if all(_fits(terms, ends, dict(zip(names, values, strict=True))) for terms, ends in sums.items())
        ]
        try:
            found = point(Problem(limits, sums, {}))
        except GivenUp:
            continue
        assert (found is not None) is bool(fitting), (limits, sums)
        assert found is None or found in fitting


def _fits(terms: tuple[tuple[str, int], ...], ends: tuple[int | None, int | None], point_: Mapping[str, int]) -> bool:
    total = sum(by * point_[name] for name, by in terms)
    return (ends[0] is None or total >= ends[0]) and (ends[1] is None or total <= ends[1])
