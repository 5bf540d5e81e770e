"""Who the key accounts are: EX-13, the lists of people, and what is said where no field answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam_rules import engine, programme
from kam_rules.model.amounts import percent
from kam_rules.model.errors import DataError
from kam_rules.model.report import Facts, Report
from kam_rules.model.run import Run
from kam_rules.pipeline.who.lists import Behind, compare
from kam_rules.pipeline.who.members import Members, members
from kam_rules.pipeline.who.pareto import Point, diamonds, poor, producers, standing, thinned, whale
from kam_rules.pipeline.who.places import horizon
from kam_rules.pipeline.yearfile import load
from kam_rules.reports.define import define as defined
from tests.conftest import Said
from tests.money.book import ACCOUNTS, FIELDS, policy, run
from tests.money.test_year_commands import file, said, table

PROFIT = {"K1": (900, -40), "K2": (600, 210), "K3": (300, 150), "K4": (120, 60), "K5": (80, 20)}
"""EX-13: revenue and profit in thousands."""
LISTS = "examples/saas/nominations.yaml"


@pytest.fixture(scope="module")
def ex13() -> Members:
    """Return EX-13's five accounts."""
    fields = FIELDS + "profit_contribution: {type: money}\n"
    accounts = [
        {"account_id": id_, "owner": "ana", "base_revenue": base * 1000, "grade": "solid", "profit_contribution": profit * 1000}
        for id_, (base, profit) in PROFIT.items()
    ]
    return members(run(policy(fields=fields), accounts))


def facts(report: Report, key: str) -> dict[str, str]:
    return dict(next(block for block in report.blocks if isinstance(block, Facts) and block.key == key).pairs)


# --- EX-13: revenue against profit ------------------------------------------------------------------------------------


def test_ex_13_the_largest_customer_brings_45_percent_of_revenue_and_takes_10_percent_of_profit(ex13: Members):
    first = ex13.rows.head(1)
    assert (first["account_id"][0], first["rank"][0]) == ("K1", 1)
    assert [percent(ex13.share(first, name) or Fraction(0)) for name in ("base", "profit")] == ["45%", "-10%"]


def test_ex_13_the_whale_curve_rises_above_the_whole_and_falls_back(ex13: Members):
    whole, _ = standing(ex13.rows)
    assert whole == 400_000_00
    told = [(point.account_id, point.together * 1000 // whole) for point in whale(ex13.rows)]
    assert told == [("K2", 525), ("K3", 900), ("K4", 1050), ("K5", 1100), ("K1", 1000)]


def test_ex_13_k4_is_a_diamond_and_k5_that_earns_a_quarter_more_exactly_is_none(ex13: Members):
    large = producers(ex13.rows, "base").ids
    assert large == ("K1", "K2", "K3")
    assert diamonds(ex13.rows, large)["account_id"].to_list() == ["K4"]
    assert poor(ex13.rows, large)["account_id"].to_list() == ["K1"]


def test_req_4_4_producers_of_80_percent_are_computed_by_revenue_and_by_profit(ex13: Members):
    assert producers(ex13.rows, "base").brought == 1_800_000_00
    assert producers(ex13.rows, "profit").ids == ("K2", "K3")


def test_sums_of_the_largest_amounts_do_not_wrap():
    """An account at the edge of what a cell holds is still on its right side."""
    most = 2**62
    rows = pl.DataFrame({"account_id": ["a", "b", "c"], "base": [most, most, 10], "profit": [most, 1, most // 2]})
    assert diamonds(rows, ["a", "b"])["account_id"].to_list() == ["c"]
    assert poor(rows, ["a", "b"])["account_id"].to_list() == ["b"]


def test_80_percent_reached_exactly_needs_no_further_account():
    rows = pl.DataFrame({"account_id": ["a", "b", "c"], "base": [50, 30, 20]})
    assert producers(rows, "base").ids == ("a", "b")
    assert producers(rows.with_columns(base=pl.Series([50, 29, 21])), "base").ids == ("a", "b", "c")


def test_a_missing_profit_is_not_zero_it_is_left_out_and_counted():
    rows = pl.DataFrame({"account_id": ["a", "b"], "base": [10, 10], "profit": [5, None]})
    assert producers(rows, "profit").unknown == 1
    assert [point.account_id for point in whale(rows)] == ["a"]


def test_where_losses_outweigh_gains_shares_are_of_the_gains_and_that_is_said():
    rows = pl.DataFrame({"account_id": ["a", "b"], "base": [10, 90], "profit": [5, -20]})
    assert standing(rows) == (5, "of the profits alone, since the losses outweigh them")
    assert producers(rows, "profit").ids == ()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=60), st.integers(4, 12))
def test_a_thinned_curve_keeps_its_first_its_last_and_its_peak(profits: Sequence[int], most: int):
    rows = pl.DataFrame({"account_id": [f"{i:03}" for i in range(len(profits))], "base": [1] * len(profits), "profit": profits})
    points = whale(rows)
    kept = thinned(points, most)
    assert len(kept) <= most
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert max(p.together for p in kept) == max(p.together for p in points)
    assert points[-1].together == sum(profits)
    assert all(isinstance(point, Point) for point in kept)


# --- People's lists ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("at_root")
def test_req_4_3_every_list_is_held_against_the_policy_with_what_may_lie_behind(saas: Run):
    found = compare(members(saas), load(Path(LISTS), "nominations"))
    assert [(one.name, len(one.both), len(one.only), len(one.missed)) for one in found.lists] == [
        ("executives", 3, 3, 9),
        ("departments", 4, 2, 8),
        ("field", 1, 6, 11),
    ]
    behind = {one.row["account_id"]: one.behind for one in found.only_named}
    assert behind["ACC-1015"] == ("size",)
    assert behind["ACC-1032"] == ("tenure", "local")
    assert behind["ACC-1039"] == ("tenure", "noise", "local")
    assert behind["ACC-1024"] == ("local",)


def test_two_lists_that_name_an_account_make_it_no_local_one(saas: Run):
    row = next(row for row in members(saas).rows.iter_rows(named=True) if row["account_id"] == "ACC-1024")
    assert list(Behind(members(saas)).why(row, alone=False)) == []


def test_bad_input_a_list_that_names_no_account_of_the_run_or_one_twice(saas: Run, tmp_path: Path):
    rows = [
        {"list": "field", "account_id": "XACC-1001", "reason": "a letter too many"},
        {"list": "field", "account_id": "ACC-1001", "reason": "once"},
        {"list": "field", "account_id": "ACC-1001", "reason": "twice"},
        {"list": "executives", "account_id": "ACC-1001", "reason": "another list is another voice"},
    ]
    with pytest.raises(DataError) as error:
        compare(members(saas), load(file(tmp_path, "nominations", rows), "nominations"))
    assert said(error.value) == [
        "KR930 nominations.csv row 2, column 'account_id', 'XACC-1001': the run has no such account",
        "KR931 nominations.csv row 3, column 'account_id', 'ACC-1001': the list 'field' names it in another row, too",
        "KR931 nominations.csv row 4, column 'account_id', 'ACC-1001': the list 'field' names it in another row, too",
    ]
    assert error.value.findings[0].fix == "did you mean 'ACC-1001'?"
    right = [rows[1], rows[3]]
    assert compare(members(saas), load(file(tmp_path, "nominations", right), "nominations")).only_named == ()


def test_rows_that_are_exact_copies_are_one(saas: Run, tmp_path: Path):
    row = {"list": "field", "account_id": "ACC-1001", "reason": "large"}
    found = compare(members(saas), load(file(tmp_path, "nominations", [row, row]), "nominations"))
    assert [len(one.both) for one in found.lists] == [1]


# --- What a run can answer, and what it cannot ------------------------------------------------------------------------


def test_req_4_13_the_closing_questions_are_answered_by_one_command(saas: Run):
    told = facts(programme.define(saas), "questions")
    assert told["is there one definition?"].startswith("yes: A customer whose growth we can name")
    assert told["a plan for each account?"] == "10 of 12, 83.33% of key accounts, by plan_agreed"
    assert told["profit from key accounts?"] == "24.77% of profit, last year"
    assert told["is customer profit tracked?"] == "73 of 75, 97.33% accounts, as gross_margin - cost_to_serve"


def test_what_no_field_answers_is_said_with_the_field_that_would(resellers: Run):
    report = programme.define(resellers)
    told = facts(report, "unanswered")
    assert told["account plans"] == "plan_agreed: {type: date}"
    assert facts(report, "questions")["a plan for each account?"].startswith("no field says")
    assert "share of wallet" not in told


def test_a_policy_without_profit_wallet_or_markets_still_has_its_page():
    report = programme.define(run(policy()))
    assert "bring" in report.title
    assert facts(report, "unanswered")["profit by account"].startswith("gross_margin")


def test_a_run_with_nothing_decided_has_a_page():
    report = programme.define(run(policy(), [{"account_id": "A1", "owner": "ana", "base_revenue": 0, "grade": None}]))
    assert "0 key accounts bring n/a" in report.title


def test_req_4_12_single_costs_are_told_beside_those_of_the_whole_book():
    """What begins with cost_ is a driver; a missing one is not zero."""
    names = ("gross_margin", "cost_to_serve", "cost_packaging", "cost_edi")
    fields = FIELDS + "\n    ".join(f"{name}: {{type: money}}" for name in names)
    accounts = [
        {"account_id": "big", "base_revenue": 900, "gross_margin": 300, "cost_to_serve": 290, "cost_packaging": 180, "cost_edi": None},
        {"account_id": "small", "base_revenue": 100, "gross_margin": 60, "cost_to_serve": 10, "cost_packaging": 0, "cost_edi": 5},
    ]
    found = members(run(policy(fields=fields), [{**row, "owner": "ana", "grade": "solid"} for row in accounts]))
    assert found.drivers == ("cost_packaging", "cost_edi")
    told = table(defined(found), "poor")
    assert [column.label for column in told.columns[-3:]] == ["Cost to serve", "Packaging", "Edi"]
    assert told.rows[0][-3:] == (Fraction(290, 900), Fraction(1, 5), None)
    assert "packaging 18%, edi 0.5%" in told.note


def test_req_4_2_the_match_with_the_ideal_customer_is_counted_where_a_field_says_it():
    fields = FIELDS + "ideal_customer: {type: flag}\n"
    accounts = [{**row, "ideal_customer": row["owner"] == "ana"} for row in ACCOUNTS]
    found = run(policy(fields=fields, limits="{key_tiers: [t1, t2]}"), accounts)
    told = facts(programme.define(found), "concentration")
    assert told["match the ideal customer"] == "3 of 6, 50% of key accounts, by ideal_customer"


def test_req_4_8_ninety_and_twenty_five_percent_of_a_wallet_are_asked_for_different_plans(saas: Run):
    first = table(programme.define(saas), "contrasts").rows[0]
    assert (first[0], first[5]) == ("ACC-1002", "ACC-1001")
    assert first[3] != first[8]
    assert first[1] == first[6]


@pytest.mark.usefixtures("at_root")
def test_req_4_7_what_was_key_for_its_potential_is_looked_for_a_year_later(resellers: Run):
    then = engine.run("policies/resellers/fy2020.yaml", "examples/adventureworks/data_fy2020.yaml", witness=False)
    found = horizon(members(then), members(resellers))
    assert (found.months, len(found.accounts), sum(one.large for one in found.accounts)) == (12, 52, 15)


@pytest.mark.usefixtures("at_root")
def test_req_2_1_the_benchmarks_stand_with_their_source_beside_our_own(kam: Callable[..., Said], tmp_path: Path):
    kam("run", "policies/key-accounts/fy2027.yaml", "examples/saas/data.yaml", "--out", tmp_path / "run", "--no-witness")
    answer = kam("report", "define", tmp_path / "run", "--nominations", LISTS, "--format", "csv")
    assert answer.code == 0, answer.err
    for figure in ("95%", "58%", "85%", "46%", "51%", "3 times", "one third"):
        assert f"\n{figure}," in answer.out
    assert ",1 since 2020-01-31" in answer.out, "rebuilds of seven years, as report governance counts them"
