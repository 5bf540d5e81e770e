"""Issue 6, `impact`: who moves from one policy and its accounts to the next, why, and what policy and data each bring."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine, years
from kam_rules.model.errors import UsageError
from kam_rules.pipeline.impact import Impact
from kam_rules.pipeline.impact.accounts import ABSENT, DATA, EACH, POLICY, TOGETHER, UNDECIDED
from tests.conftest import RESELLERS, ROOT, Said
from tests.generators import write_case

Kam = Callable[..., Said]
Rows = Sequence[Mapping[str, object]]
OLD = ROOT / "policies/resellers/fy2020.yaml"
NEW, DATA_NEW = RESELLERS
DATA_OLD = ROOT / "examples/adventureworks/data_fy2020.yaml"
TIERS = "if_unknown: hold\nrules:\n  - {{id: t1, when: score >= {edge}}}\n  - {{id: t2, otherwise: true}}"


def account(id_: str, points: object = 50, base: object = 1000, health: object = 60, **more: object) -> dict[str, object]:
    """Return an account of the small policy."""
    return {"account_id": id_, "base_revenue": base, "points": points, "health": health, **more}


def made(folder: Path, rows: Rows, **sections: str) -> tuple[Path, Path]:
    """Write a policy and its data into a folder of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_case(folder, rows, **sections)


def between(folder: Path, before: tuple[Rows, dict[str, str]], after: tuple[Rows, dict[str, str]]) -> Impact:
    """Return the impact from one policy and its accounts to another."""
    old, data_old = made(folder / "old", before[0], **before[1])
    new, data = made(folder / "new", after[0], **after[1])
    return years.impact(old, new, data, data_old=data_old)[1]


def by_id(found: Impact) -> dict[str, dict[str, Any]]:
    """Return each mover by its id."""
    return {row["account_id"]: row for row in found.movers.iter_rows(named=True)}


# --- The example: FY2020 to FY2021 ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def resellers_impact() -> Impact:
    return years.impact(OLD, NEW, DATA_NEW, data_old=DATA_OLD)[1]


@pytest.mark.parametrize("what", ["tier", "state"])
def test_the_margins_of_the_migration_matrix_equal_the_two_runs(resellers_impact: Impact, what: str):
    """FY2020 on its own data, FY2021 on its own: each decided alone."""
    matrix = resellers_impact.tiers if what == "tier" else resellers_impact.states
    for paths, margin in (((OLD, DATA_OLD), matrix.row), ((NEW, DATA_NEW), matrix.column)):
        words = engine.run(*paths, witness=False).table.frame()[what].cast(pl.String).to_list()
        counts = Counter(word or UNDECIDED for word in words)
        assert {word: margin(word) for word in counts} == counts
        assert sum(counts.values()) == sum(matrix.counts.values()) == 701


def test_the_parts_of_policy_and_data_sum_exactly_in_every_line_and_every_table(resellers_impact: Impact):
    (whole,) = resellers_impact.effects["all"]
    assert set(resellers_impact.effects) == {"all", "tier", "state", "rep", "manager", "team"}
    for name, lines in resellers_impact.effects.items():
        assert all(line.policy + line.data == line.target[1] - line.target[0] for line in lines), name
        for part in ("policy", "data", "change"):
            assert sum(getattr(line, part) for line in lines) == getattr(whole, part), (name, part)
    corners = resellers_impact.corners.named.values()
    a, b, c, d = (int(run.table.frame()["target_amount"].sum()) for run in corners)
    assert whole.change == d - a
    assert whole.policy == round(Fraction((c - a) + (d - b), 2))


def test_every_mover_is_named_with_what_moved_it_and_the_top_ones_with_their_rules(resellers_impact: Impact):
    movers = resellers_impact.movers
    assert movers.height == 443
    assert set(movers["by"]) == {POLICY, DATA, EACH, TOGETHER}
    assert (movers["policy"] + movers["data"] == movers["change"]).all()
    assert len(resellers_impact.top) == 20
    for mover in resellers_impact.top:
        tier, state = mover.figures["tier"], mover.figures["state"]
        assert tier[0] == tier[1] or any(why.startswith(("gate ", "tier ", "no seat", "score ")) for why in mover.why)
        assert state[0] == state[1] or any(why.startswith("state ") for why in mover.why)


# --- What moves an account --------------------------------------------------------------------------------------------


def test_policy_and_data_are_told_apart_for_every_mover(tmp_path: Path):
    """The edge falls from 65 to 60; what each account's points do decides who moved it."""
    old = [account("policy", 62), account("data", 50), account("each", 62), account("both", 50), account("stays", 90)]
    new = [account("policy", 62), account("data", 70), account("each", 66), account("both", 61), account("stays", 90)]
    found = between(tmp_path, (old, {"tiers": TIERS.format(edge=65)}), (new, {"tiers": TIERS.format(edge=60)}))
    assert {id_: row["by"] for id_, row in by_id(found).items()} == {"policy": POLICY, "data": DATA, "each": EACH, "both": TOGETHER}
    assert {row["way"] for row in by_id(found).values()} == {"up"}


def test_a_change_of_target_is_split_by_the_mean_of_both_orders(tmp_path: Path):
    """80% to 90% on a base of 1,000 that became 2,000: 1,000 in all, of which the policy brings (100 + 200) / 2."""
    targets = """
        base: {{field: base_revenue, basis: opening_arr}}
        plausible: [0%, 300%]
        by_state: {{at_risk: {{target: {target}}}, mature: {{target: 110%}}}}
        zero_base: {{lapsed_when: known(since), prospect: none, lapsed: none}}
        """
    old, new = ([account("a", health=40, base=base)] for base in (1000, 2000))
    found = between(tmp_path, (old, {"targets": targets.format(target="80%")}), (new, {"targets": targets.format(target="90%")}))
    (whole,) = found.effects["all"]
    assert (whole.target, whole.policy, whole.data) == ((80_000, 180_000), 15_000, 85_000)
    assert [effect.nrr(1) for effect in found.effects["all"]] == [Fraction(9, 10)]


def test_halves_of_a_cent_are_rounded_once_and_no_line_loses_one(tmp_path: Path):
    """Each of three reps has half a cent from the policy: what one line rounds off goes on to the next."""
    targets = """
        base: {{field: base_revenue, basis: opening_arr}}
        plausible: [0%, 300%]
        by_state: {{at_risk: {{target: 80%}}, mature: {{target: {target}}}}}
        zero_base: {{lapsed_when: known(since), prospect: none, lapsed: none}}
        """
    old = [account(name, base="0.01", owner=name) for name in "abc"]
    new = [account(name, base="0.02", owner=name) for name in "abc"]
    found = between(tmp_path, (old, {"targets": targets.format(target="100%")}), (new, {"targets": targets.format(target="130%")}))
    assert [line.policy for line in found.effects["rep"]] == [0, 1, 1]
    assert found.effects["all"][0].policy == 2


def test_an_account_that_is_new_or_gone_is_told_as_such(tmp_path: Path):
    found = between(tmp_path, ([account("old"), account("kept")], {}), ([account("kept"), account("new")], {}))
    assert {id_: row["by"] for id_, row in by_id(found).items()} == {"old": DATA, "new": DATA}
    assert found.tiers.row(ABSENT) == found.tiers.column(ABSENT) == 1
    assert {mover.account_id: mover.why for mover in found.top} == {
        "new": ("it is new in the data",),
        "old": ("it is gone from the data",),
    }


def test_a_tier_that_is_new_and_one_that_is_gone_both_stand_in_the_matrix(tmp_path: Path):
    three = TIERS.format(edge=65).replace("  - {id: t2", "  - {id: middle, when: score >= 40}\n  - {id: t2")
    found = between(tmp_path, ([account("a")], {"tiers": three}), ([account("a")], {}))
    assert dict(found.tiers.counts) == {("middle", "t2"): 1}
    assert by_id(found)["a"]["way"] == "down"


def test_the_rule_that_moved_an_account_is_told_with_its_place(tmp_path: Path):
    rows = [account("a", 62)]
    found = between(tmp_path, (rows, {"tiers": TIERS.format(edge=65)}), (rows, {"tiers": TIERS.format(edge=60)}))
    (mover,) = found.top
    assert mover.why[0].startswith("tier t2, now t1 (score >= 60), policy.yaml:")


# --- What must always hold --------------------------------------------------------------------------------------------

values = st.lists(
    st.tuples(st.none() | st.integers(0, 100), st.integers(0, 5000), st.none() | st.integers(0, 100), st.sampled_from(["", "r1", "r2"])),
    min_size=1,
    max_size=12,
)
LIMITED = TIERS.format(edge=65).replace("score >= 65", "score >= 65, capacity: 3, tie_break: [headroom desc]")


def drawn(found: list[tuple[int | None, int, int | None, str]]) -> list[dict[str, object]]:
    return [account(f"a{i}", points, base, health, owner=owner) for i, (points, base, health, owner) in enumerate(found)]


@settings(max_examples=25)
@given(values)
def test_impact_of_a_policy_against_itself_moves_nobody(tmp_path_factory: pytest.TempPathFactory, found: list[Any]):
    policy, data = made(tmp_path_factory.mktemp("same"), drawn(found), tiers=LIMITED)
    _, told = years.impact(policy, policy, data)
    assert told.movers.height == 0
    assert all(old == new for old, new in told.tiers.counts)
    assert all((line.change, line.policy, line.data) == (0, 0, 0) for lines in told.effects.values() for line in lines)


@settings(max_examples=25)
@given(values, st.integers(0, 10**6))
def test_row_order_changes_no_decision(tmp_path_factory: pytest.TempPathFactory, found: list[Any], seed: int):
    """Nobody moves, and nobody's target changes, when the rows of the data stand in another order."""
    rows = drawn(found)
    mixed = Random(seed).sample(rows, len(rows))  # noqa: S311 - a test's choice
    folder = tmp_path_factory.mktemp("order")
    told = between(folder, (rows, {"tiers": LIMITED}), (mixed, {"tiers": LIMITED}))
    assert told.movers.height == 0
    assert all(line.change == 0 for lines in told.effects.values() for line in lines)


@settings(max_examples=25)
@given(values, values, st.integers(0, 100))
def test_margins_and_sums_hold_for_any_two_years(tmp_path_factory: pytest.TempPathFactory, before: list[Any], after: list[Any], edge: int):
    """With the same policy the data bring all of it; with the same data the policy does."""
    folder = tmp_path_factory.mktemp("any")
    told = between(folder, (drawn(before), {}), (drawn(after), {"tiers": TIERS.format(edge=edge)}))
    (whole,) = told.effects["all"] or (None,)
    if whole is not None:
        assert whole.policy + whole.data == whole.change
    (same,) = between(folder / "data", (drawn(before), {}), (drawn(after), {})).effects["all"] or (None,)
    assert same is None or same.policy == 0


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_tells_tests_first_and_writes_every_mover(kam: Kam, tmp_path: Path):
    out = kam("impact", OLD, NEW, DATA_NEW, "--data-old", DATA_OLD, "--format", "json", "--movers", tmp_path / "movers.csv")
    assert out.code == 0
    told = json.loads(out.out)
    assert list(told)[:4] == ["report", "title", "policy_status", "tests"]
    assert told["tests"]["failed"] == "0"
    with (tmp_path / "movers.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 443
    assert all(Fraction(row["policy"]) + Fraction(row["data"]) == Fraction(row["change"]) for row in rows)


@pytest.mark.parametrize("form", ["text", "html", "markdown"])
def test_every_format_names_the_largest_mover(kam: Kam, form: str):
    assert "AW00000599" in kam("impact", OLD, NEW, DATA_NEW, "--data-old", DATA_OLD, "--format", form).out


def test_set_tries_a_value_of_the_new_policy_alone(kam: Kam):
    told = json.loads(kam("impact", NEW, NEW, DATA_NEW, "--set", "inflation=2.5%", "--format", "json").out)
    (mature,) = (line for line in told["by_state"] if line["name"] == "mature")
    assert (mature["nrr_old"], mature["nrr_new"]) == ("1.065", "1.075")
    assert all(row["accounts"] == 0 for row in told["moved_by"])


def test_a_policy_whose_tests_fail_says_so_first_and_ends_with_1(kam: Kam, tmp_path: Path):
    policy, data = made(tmp_path, [account("a")])
    expect = {"tier": "t2", "state": "undecided", "target": "none"}
    test = {"name": "wrong", "as_of": "2026-01-31", "because": "it is", "given": {"base_revenue": "1", "points": "70"}, "expect": expect}
    (tmp_path / "policy.tests.yaml").write_text(json.dumps({"tests": [test]}), encoding="utf-8")
    out = kam("impact", policy, policy, data)
    assert out.code == 1
    assert "Not as expected" in out.out


def test_policies_of_two_currencies_are_not_compared(tmp_path: Path):
    """KR560; of one currency they are."""
    old, data = made(tmp_path / "old", [account("a")])
    new, _ = made(tmp_path / "new", [account("a")], currency="EUR")
    with pytest.raises(UsageError) as error:
        years.impact(old, new, data)
    assert [finding.code for finding in error.value.findings] == ["KR560"]
    assert years.impact(old, old, data)[1].movers.height == 0
