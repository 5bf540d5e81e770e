"""A policy held against a year: EX-11's accounts from files, the order of states, single signals, and bad input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from kam_rules import programme
from kam_rules.model.amounts import percent
from kam_rules.model.errors import DataError
from kam_rules.model.report import Lines
from kam_rules.model.run import Run
from kam_rules.pipeline.backtest import Backtest, Group, Pair, backtest
from kam_rules.reports.backtest import backtest as told
from tests.conftest import RESELLERS, RESELLERS_2020, Said
from tests.money.book import policy, run
from tests.money.test_year_commands import ACTUAL, actuals, ended, said, table

ACTUALS = "examples/adventureworks/actuals_fy2020.yaml"


@pytest.fixture(scope="module")
def ex5() -> Run:
    """Return EX-5 at rep level."""
    return run(policy())


def shares(groups: tuple[Group, ...]) -> dict[str, tuple[str, str, int]]:
    """Return by group the realised NRR, the target NRR, and how many accounts."""
    return {one.of: (percent(one.nrr or Fraction(0), 2), percent(one.target or Fraction(0), 2), one.accounts) for one in groups}


def verdicts(pairs: tuple[Pair, ...]) -> list[tuple[str, str, bool | None]]:
    return [(pair.above.of, pair.below.of, pair.right) for pair in pairs]


def lines(run_: Run, found: Backtest, key: str) -> tuple[str, ...]:
    return next(block.lines for block in told(run_, found).blocks if isinstance(block, Lines) and block.key == key)


def test_ex_11_by_state_realised_beside_the_target(ex5: Run, tmp_path: Path):
    found = backtest(ex5, ended(tmp_path))
    assert shares(found.states) == {
        "high_potential": ("125.33%", "125%", 2),
        "mature": ("111.3%", "110%", 2),
        "at_risk": ("83.33%", "80%", 2),
    }
    assert [one.reached for one in found.states] == [2, 2, 2]
    assert verdicts(found.state_order) == [
        ("high_potential", "mature", True),
        ("high_potential", "at_risk", True),
        ("mature", "at_risk", True),
    ]
    assert shares((found.total,)) == {"total": ("108.8%", "107.3%", 6)}


def test_the_groups_of_each_kind_add_up_to_the_cohort(ex5: Run, tmp_path: Path):
    found = backtest(ex5, ended(tmp_path))
    for groups in (found.states, found.tiers, tuple(one for _, one in found.cells)):
        sums = [sum(getattr(one, name) for one in groups) for name in ("accounts", "start", "end", "asked", "reached", "stayed")]
        assert sums == [getattr(found.total, name) for name in ("accounts", "start", "end", "asked", "reached", "stayed")]


def test_an_at_risk_rule_that_is_upside_down_is_said(ex5: Run, tmp_path: Path):
    """Accounts called At Risk that keep 114% while the others shrink: the order is reversed, and the title says so."""
    found = backtest(ex5, ended(tmp_path, A3=570000, B2=798000, A1=1200000, A2=800000))
    assert shares(found.states)["at_risk"][0] == "114%"
    assert ("mature", "at_risk", False) in verdicts(found.state_order)
    assert "of 3 pairs of states 0 right, 3 reversed" in told(ex5, found).title
    assert any(line.startswith("REVERSED: mature") for line in lines(ex5, found, "state_order"))


def test_equal_outcomes_are_level_neither_right_nor_reversed(ex5: Run, tmp_path: Path):
    found = backtest(ex5, ended(tmp_path, A1=1200000, A2=800000, A3=500000, B1=1500000, B2=700000, B3=300000))
    assert {right for _, _, right in verdicts(found.state_order)} == {None}
    assert "states in the right order" not in told(ex5, found).title


def test_a_sum_that_rests_on_one_account_is_told_by_the_typical_one():
    few = Group("a", 3, 300, 600, 1, 3, 1, 300, 300, 600, Fraction(0))
    many = replace(few, of="b", end=300, median=Fraction(1))
    pair = Pair(few, many)
    assert (pair.right, pair.typical) == (True, False)


def test_a_single_signal_is_each_part_of_a_condition_with_its_yes_no_and_unknown(ex5: Run, tmp_path: Path):
    found = {one.text: one for one in backtest(ex5, ended(tmp_path)).signals}
    risk = found['grade = "risk"']
    assert (risk.yes.accounts, risk.no.accounts, risk.unknown) == (2, 4, 0)
    assert risk.yes.nrr == Fraction(1000000, 1200000)


def test_bad_input_another_basis_and_an_account_without_a_row_are_refused(ex5: Run, tmp_path: Path):
    with pytest.raises(DataError) as error:
        backtest(ex5, actuals(tmp_path, [{"account_id": "A1", "actual": 1}], basis="contracted"))
    assert said(error.value)[0].startswith("KR453")
    with pytest.raises(DataError) as error:
        backtest(ex5, actuals(tmp_path, [{"account_id": id_, "actual": n} for id_, n in ACTUAL.items() if id_ != "B3"]))
    assert said(error.value)[0].startswith("KR458")


@pytest.mark.usefixtures("at_root")
def test_the_shipped_reseller_policy_is_chosen_by_its_backtest():
    """FY2019 to FY2020: each pair of states in the order of its targets, and each higher tier keeps more."""
    run_, found = programme.backtest(*RESELLERS_2020, ACTUALS)
    assert {right for _, _, right in verdicts(found.state_order)} == {True}
    assert {right for _, _, right in verdicts(found.tier_order)} == {True}
    assert shares(found.states)["at_risk"] == ("60.56%", "80%", 45)
    assert lines(run_, found, "state_order")[0].startswith("right: high_potential, asked for 125%, kept 125.87%")


@pytest.mark.usefixtures("at_root")
def test_silence_alone_would_have_called_accounts_at_risk_that_keep_more_than_all():
    _, found = programme.backtest(RESELLERS[0], RESELLERS_2020[1], ACTUALS)
    quiet = next(one for one in found.signals if one.text.startswith("gone_quiet"))
    assert (quiet.yes.accounts, percent(quiet.yes.nrr or Fraction(0), 2)) == (28, "107.47%")
    assert (quiet.yes.nrr or 0) > (found.total.nrr or 0)


@pytest.mark.usefixtures("at_root")
def test_req_2_2_and_2_11_by_one_command_the_key_accounts_attainment_beside_the_58_percent(kam: Callable[..., Said]):
    answer = kam("backtest", *RESELLERS_2020, ACTUALS)
    assert answer.code == 0, answer.err
    assert "missed: 79.44% of 9,688,200.30" in answer.out
    assert "58% miss the quota of their key accounts (article 002)" in answer.out


def test_the_report_shows_every_group(ex5: Run, tmp_path: Path):
    report = told(ex5, backtest(ex5, ended(tmp_path)))
    assert [row[0] for row in table(report, "states").rows] == ["high_potential", "mature", "at_risk", "total"]
    assert [row[0] for row in table(report, "people").rows] == ["ben", "ana"]
