"""One meaning: every engine decides every random account of every random stage as the reference engine does.

`KAM_RULES_ACCOUNTS` says how many accounts; a failure names the seed that makes its stage again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from kam_rules.backends import _exact as exact
from kam_rules.backends import _lists as columns
from kam_rules.backends import backend, reference
from kam_rules.backends._exact import Num
from kam_rules.backends._nodes import Cell
from kam_rules.backends.reference import evaluate
from kam_rules.model.errors import UnsupportedError
from kam_rules.model.program import Derive, Hit, Rule, RuleList, Stage
from kam_rules.model.tree import Arith, Compare, Const, Extreme, Node, Not, Read, Round, number
from kam_rules.model.types import Field, Type
from tests.generators import Case, random_case, stage_nodes

ACCOUNTS = int(os.environ.get("KAM_RULES_ACCOUNTS", "8000"))
ROWS = 250
BLOCKS = 8
SEEDS = range(ACCOUNTS // ROWS)


def decided(engine: str, case: Case) -> pl.DataFrame:
    return backend(engine).decide(case.stage, case.table, lambda _: None)


def differences(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """Return the columns in which two outcomes differ."""
    assert one.schema == other.schema
    return [name for name in one.columns if not one[name].equals(other[name], null_equal=True)]


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.parametrize("engine", ["columnar", "durable"])
def test_the_engines_agree_on_random_accounts(engine: str, block: int):
    carried = 0
    for seed in SEEDS[block::BLOCKS]:
        case = random_case(seed, ROWS)
        try:
            answer = decided(engine, case)
        except UnsupportedError:
            continue
        carried += 1
        assert differences(decided("reference", case), answer) == [], f"seed {seed} of {engine}"
    assert carried >= len(SEEDS[block::BLOCKS]) // 2, "an engine that carries few stages agrees on little"


def test_the_random_stages_cover_every_node_and_list_and_enough_hard_accounts():
    """Every node kind and list type is drawn; at least 30% of accounts lack a value."""
    kinds, lists, rows, lacking = set(), set(), 0, 0
    for seed in range(40):
        case = random_case(seed, 50)
        kinds |= {type(node).__name__ for node in stage_nodes(case.stage)}
        lists |= {(found.hit, found.if_unknown) for found in case.stage.lists}
        rows += case.table.height
        lacking += case.table.filter(pl.any_horizontal(pl.all().is_null())).height
    assert kinds == {kind.__name__ for kind in Node.__args__}
    assert lists >= {(Hit.FIRST, "hold"), (Hit.FIRST, "flag"), (Hit.UNIQUE, "hold"), (Hit.COLLECT, "hold")}
    assert lacking >= 0.3 * rows


MUTATIONS: dict[str, Callable[[Any], Any]] = {
    "_arith": lambda found: exact.add(found, exact.literal(Fraction(1)), 1),
    "_compare": lambda cell: Cell(~cell.expr, cell.nullable),
    "_and": lambda cell: Cell(~cell.expr, cell.nullable),
    "_or": lambda cell: Cell(~cell.expr, cell.nullable),
    "_not": lambda cell: Cell(~cell.expr, cell.nullable),
    "_known": lambda cell: Cell(~cell.expr, nullable=False),
    "_round": lambda found: exact.add(found, exact.literal(Fraction(1)), 1),
    "_days": lambda found: exact.add(found, exact.literal(Fraction(1)), 1),
    "_months": lambda found: exact.add(found, exact.literal(Fraction(1)), 1),
    "_if": lambda found: Cell(pl.lit(None, pl.Boolean)) if isinstance(found, Cell) else exact.missing(),
    "_firstknown": lambda found: exact.missing() if isinstance(found, Num) else found,
    "_extreme": lambda found: exact.missing() if isinstance(found, Num) else found,
    "_const": lambda found: exact.add(found, exact.literal(Fraction(1)), 1) if isinstance(found, Num) else found,
    "_read": lambda found: exact.add(found, exact.literal(Fraction(1)), 1) if isinstance(found, Num) else found,
}


def test_every_node_kind_has_a_mutation():
    assert {name.removeprefix("_") for name in MUTATIONS} == {kind.__name__.lower() for kind in Node.__args__}


@pytest.mark.parametrize("method", MUTATIONS)
def test_a_columnar_engine_that_is_wrong_about_one_node_kind_is_seen(method: str, monkeypatch: pytest.MonkeyPatch):
    """Agreement that survives a broken engine would prove nothing."""
    right = getattr(columns.Lists, method)
    monkeypatch.setattr(columns.Lists, method, lambda self, node: MUTATIONS[method](right(self, node)))
    assert seen("columnar"), f"nobody noticed that {method} is wrong"


@pytest.mark.parametrize("hit", list(Hit))
def test_a_columnar_engine_that_is_wrong_about_one_list_type_is_seen(hit: Hit, monkeypatch: pytest.MonkeyPatch):
    other = {Hit.FIRST: Hit.UNIQUE, Hit.UNIQUE: Hit.FIRST}
    right = columns.Lists.decide

    def wrong(self: Any, found: Any) -> None:
        from dataclasses import replace

        if found.hit is not hit:
            right(self, found)
        elif hit is Hit.COLLECT:
            right(self, replace(found, rules=tuple(replace(rule, when=Not(rule.when)) for rule in found.rules)))
        else:
            right(self, replace(found, hit=other[hit]))

    monkeypatch.setattr(columns.Lists, "decide", wrong)
    assert seen("columnar")


def seen(engine: str) -> bool:
    """Tell whether some random case shows that an engine is wrong, by a different answer or by no answer at all."""
    for seed in range(60):
        case = random_case(seed, 30)
        try:
            answer = decided(engine, case)
        except UnsupportedError:
            continue
        except (pl.exceptions.PolarsError, AssertionError):
            return True
        if differences(decided("reference", case), answer):
            return True
    return False


@pytest.mark.parametrize("kind", [kind.__name__ for kind in Node.__args__])
def test_a_reference_engine_that_is_wrong_about_one_node_kind_is_seen(kind: str, monkeypatch: pytest.MonkeyPatch):
    """The reference, too, is held against an engine that shares no evaluation with it."""

    def wrong(node: Node, facts: Any) -> Any:
        value = evaluate(node, facts)
        if type(node).__name__ != kind:
            return value
        if isinstance(value, bool):
            return not value
        return value + 1 if isinstance(value, Fraction) else value

    monkeypatch.setattr(reference, "evaluate", wrong)
    assert seen("columnar")


# --- Where the columnar engine goes a way of its own ------------------------------------------------------------------


@pytest.mark.parametrize("if_unknown", ["hold", "flag"])
@pytest.mark.parametrize("count", [1, 6, 7, 8, 30, 31, 32, 40, 62, 63])
def test_a_first_list_of_any_length_decides_alike_with_the_unknown_anywhere(count: int, if_unknown: str):
    """Each account has one figure a rule asks for, missing here and there; up to 62 rules are read from the bits of a number."""
    fields = tuple(Field(f"f{i}", Type.INTEGER, 0) for i in range(count))
    rules = tuple(
        Rule(f"r{i}", Compare(">", Read(f"f{i}", Type.INTEGER), number(0)), (Const(f"word {i % 3}", Type.CATEGORY),)) for i in range(count)
    )
    stage = Stage("s", fields, (RuleList("tiers", Hit.FIRST, rules, (("tier", Type.CATEGORY),), if_unknown),))
    draw = random.Random(count)  # noqa: S311 - accounts, not secrets
    cells = [[draw.choice([0, 0, 0, 0, 1, None]) for _ in range(400)] for _ in range(count)]
    cells = [[0, 1, None, 0, *column] for column in cells]
    case = Case(count, 404, stage, pl.DataFrame({f"f{i}": pl.Series(column, dtype=pl.Int64) for i, column in enumerate(cells)}))
    assert differences(decided("reference", case), decided("columnar", case)) == []


@pytest.mark.parametrize("kind", ["min", "max"])
@pytest.mark.parametrize("limit", [Fraction(0), Fraction(100), Fraction(-7, 3), Fraction(1, 4)])
def test_a_ratio_is_held_by_a_limit_exactly(kind: str, limit: Fraction):
    """At the limit, a hair on each side of it, on both sides of zero, past 63 bits, and missing."""
    huge = 2**61
    tops = [None, 0, 1, -1, -7, -8, -6, 25, 24, 26, 100, 101, 99, huge, -huge, huge - 1]
    fields = (Field("a", Type.MONEY, 0), Field("b", Type.MONEY, 0))
    ratio = Arith("/", Read("a", Type.MONEY), Read("b", Type.MONEY), Type.RATIO)
    held = Extreme(kind, (number(limit), Arith("*", ratio, number(Fraction(1)), Type.NUMBER)), Type.NUMBER)
    narrow = Extreme("max", (number(Fraction(0)), Extreme("min", (held, number(Fraction(100))), Type.NUMBER)), Type.NUMBER)
    above = Derive("above", Type.FLAG, Compare(">=", held, number(Fraction(1, 4))), places=0)
    steps = (above, Derive("rounded", Type.NUMBER, Round(narrow, 2, Type.NUMBER), places=2))
    rows = [(top, under) for top in tops for under in (None, 0, 1, -1, 3, 100, huge)]
    table = pl.DataFrame({"a": [a for a, _ in rows], "b": [b for _, b in rows]}, schema={"a": pl.Int64, "b": pl.Int64})
    case = Case(0, table.height, Stage("s", fields, steps), table)
    assert differences(decided("reference", case), decided("columnar", case)) == []
