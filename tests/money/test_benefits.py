"""Who benefits: what a rep's own answers are worth in the rep's own quota, and labels against outcomes (EX-11)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from kam_rules import engine, programme
from kam_rules.model.amounts import percent
from kam_rules.model.errors import UsageError
from kam_rules.model.report import Cell, Report, Table
from kam_rules.model.run import Run
from kam_rules.pipeline.benefits import Worth, benefits, sums, supplied
from tests.conftest import Said
from tests.money.book import ACCOUNTS, FIELDS, policy, run, whole
from tests.money.test_year_commands import ended

OWN = FIELDS.replace("[high, solid, risk]}", "[high, solid, risk], supplied_by: owner}")


@pytest.fixture(scope="module")
def ex4() -> Run:
    """Return EX-4, whose labels the reps supply."""
    return run(policy(fields=OWN))


def rows(report: Report, key: str) -> list[dict[str, Cell]]:
    """Return the rows of a table."""
    table = next(block for block in report.blocks if block.key == key)
    assert isinstance(table, Table)
    return [dict(zip([column.key for column in table.columns], row, strict=True)) for row in table.rows]


def one(found: tuple[Worth, ...], account: str) -> Worth:
    """Return what the label of an account is worth."""
    return next(worth for worth in found if worth.account_id == account)


# --- What an answer is worth ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "now", "least", "most"),
    [
        pytest.param("A1", ("high", 1_500_000), ("risk", 960_000), ("high", 1_500_000), id="high potential already asks for most"),
        pytest.param("B1", ("solid", 1_650_000), ("risk", 1_200_000), ("high", 1_875_000), id="mature lies between"),
        pytest.param("B2", ("risk", 560_000), ("risk", 560_000), ("high", 875_000), id="at risk already asks for least"),
    ],
)
def test_a_label_is_worth_what_the_other_labels_would_ask(
    ex4: Run, account: str, now: tuple[str, int], least: tuple[str, int], most: tuple[str, int]
):
    found = one(benefits(ex4, ["grade"]), account)
    told = [(answer.value, whole(answer.quota)) for answer in (found.given, found.least, found.most)]
    assert told == [now, least, most]


def test_the_worth_agrees_with_a_whole_run_of_the_changed_book(ex4: Run):
    """Every account, every label: deciding the whole book anew gives the same targets."""
    for account in ACCOUNTS:
        targets = {}
        for label in ("high", "solid", "risk"):
            book = [{**row, "grade": label} if row is account else row for row in ACCOUNTS]
            table = run(policy(fields=OWN), book).table.frame()
            targets[label] = next(row["target_amount"] for row in table.iter_rows(named=True) if row["account_id"] == account["account_id"])
        found = one(benefits(ex4, ["grade"]), str(account["account_id"]))
        assert (found.least.quota, found.most.quota) == (min(targets.values()), max(targets.values()))


def test_a_reps_answers_are_summed_one_an_account(ex4: Run):
    found = {total.holder: total for total in sums(benefits(ex4, ["grade"]))}
    assert {name: whole(total.quota) for name, total in found.items()} == {"ana": 2_780_000, "ben": 2_585_000}
    assert {name: whole(total.spared) for name, total in found.items()} == {"ana": 120_000 + 225_000, "ben": 225_000 + 315_000}
    assert {name: whole(total.lost) for name, total in found.items()} == {"ana": 540_000 + 240_000, "ben": 450_000 + 135_000}


def test_two_fields_of_one_account_do_not_count_twice():
    texts = OWN.replace("pull: {type: number}", "pull: {type: flag, supplied_by: owner}")
    states = """
    inputs: {maturity: base_revenue, penetration: base_revenue, potential: headroom}
    if_unknown: flag
    rules:
      - {id: at_risk, when: 'grade = "risk" or pull', because: Serious work to retain}
      - {id: high_potential, when: 'grade = "high"', because: Under-penetrated}
      - {id: mature, otherwise: true, because: Solid}
    """
    book = [{**row, "pull": "false"} for row in ACCOUNTS]
    found = benefits(run(policy(fields=texts, states=states), book), ["grade", "pull"])
    b1 = [worth for worth in found if worth.account_id == "B1"]
    assert [whole(worth.lost) for worth in b1] == [450_000, 450_000]
    assert {total.holder: whole(total.lost) for total in sums(found)}["ben"] == 585_000


def test_shares_of_an_account_carry_their_part_of_what_its_label_is_worth():
    owners = [{"account": "B1", "owner": rep, "share": share} for rep, share in (("ben", "0.75"), ("ana", "0.25"))]
    found = benefits(run(policy(fields=OWN), owners=owners), ["grade"])
    assert {worth.holder: whole(worth.lost) for worth in found if worth.account_id == "B1"} == {"ana": 112_500, "ben": 337_500}


def test_a_blank_answer_is_no_value_to_try_and_an_undecided_account_is_left_out():
    book = [{**row, "grade": None} if row["account_id"] == "B1" else row for row in ACCOUNTS]
    found = benefits(run(policy(fields=OWN), book), ["grade"])
    assert "B1" not in {worth.account_id for worth in found}
    assert len(found) == 5


def test_an_answer_that_takes_the_account_out_of_the_quota_stands_apart():
    """It takes away what the account brings, too, so it is no saving."""
    found = one(benefits(run(policy(fields=OWN, more="scope: {states: [high_potential, mature]}\n")), ["grade"]), "B1")
    assert (found.out, found.lost) == (("risk",), 0)
    kept_out = one(benefits(run(policy(fields=OWN, more="scope: {states: [high_potential, mature]}\n")), ["grade"]), "B2")
    assert (kept_out.given.scope, whole(kept_out.spared)) == (False, 875_000)


def test_a_number_is_tried_at_its_limits_and_at_what_leads_to_each_state():
    fields = FIELDS.replace("pull: {type: number}", "pull: {type: number, min: 0, max: 100, supplied_by: owner}")
    states = """
    inputs: {maturity: base_revenue, penetration: base_revenue, potential: headroom}
    if_unknown: hold
    rules:
      - {id: at_risk, when: pull >= 40 and pull < 41, because: Serious work to retain}
      - {id: high_potential, when: 'grade = "high"', because: Under-penetrated}
      - {id: mature, otherwise: true, because: Solid}
    """
    book = [{**row, "pull": "70"} for row in ACCOUNTS]
    found = one(benefits(run(policy(fields=fields, states=states), book), ["pull"]), "B1")
    assert (found.least.value, whole(found.least.quota)) == (Fraction(40999999, 10**6), 1_200_000)


def test_a_policy_that_names_no_field_of_the_owner_is_told_what_to_write(ex4: Run):
    assert supplied(ex4.ready.program) == ("grade",)
    with pytest.raises(UsageError) as error:
        supplied(run(policy()).ready.program)
    assert [finding.code for finding in error.value.findings] == ["KR590"]


# --- EX-11: labels against outcomes -----------------------------------------------------------------------------------


def test_ex_11_relabelling_one_mature_account_lifts_a_rep_from_102_to_124_percent(ex4: Run, tmp_path: Path):
    """EX-11: B1 called At Risk asks for 1,200,000 instead of 1,650,000, and Ben's 2,640,000 is held against 2,135,000."""
    found = programme.benefits(ex4, actuals=ended(tmp_path))
    ben = next(row for row in rows(found, "lifted") if row["rep"] == "ben")
    assert (ben["quota"], ben["end"], ben["by"], ben["quota_then"]) == (2_585_000, 2_640_000, "B1: grade solid → risk", 2_135_000)
    attained, then = (ben[key] for key in ("attained", "attained_then"))
    assert isinstance(attained, Fraction)
    assert isinstance(then, Fraction)
    assert (percent(attained, 0), percent(then, 0)) == ("102%", "124%")


def test_labels_stand_against_outcomes_by_rater(ex4: Run, tmp_path: Path):
    """A3 and B2 are called At Risk; Ana's brought 105% of its target, Ben's 103.57%, both together 104.17%."""
    told = rows(programme.benefits(ex4, actuals=ended(tmp_path)), "labels")
    risk = {row["rater"]: row for row in told if row["answer"] == "risk"}
    assert {rater: row["of_target"] for rater, row in risk.items()} == {"ana": Fraction(420, 400), "ben": Fraction(580, 560)}
    assert {row["all_of_target"] for row in risk.values()} == {Fraction(1000, 960)}
    assert {row["answer"] for row in told} == {"high", "solid", "risk"}


def test_an_earlier_year_is_judged_by_its_own_run(ex4: Run, tmp_path: Path):
    """This year's label of B1 is At Risk; last year's answers stand beside last year's actuals all the same."""
    book = [{**row, "grade": "risk"} if row["account_id"] == "B1" else row for row in ACCOUNTS]
    found = programme.benefits(run(policy(fields=OWN), book), earlier=ex4, actuals=ended(tmp_path))
    b1 = next(row for row in rows(found, "answers") if row["account_id"] == "B1")
    assert (b1["recorded"], b1["spared"]) == ("risk", 675_000)
    assert next(row["by"] for row in rows(found, "lifted") if row["rep"] == "ben") == "B1: grade solid → risk"


def test_the_command_tells_it(ex4: Run, tmp_path: Path, kam: Callable[..., Said]):
    folder = engine.write(ex4, tmp_path / "run")
    told = kam("report", "benefits", folder, "--actuals", ended(tmp_path))
    assert told.code == 0, told.err
    assert "B1: grade solid → risk" in told.out
    assert kam("report", "benefits", folder, "--earlier", folder).code == 2
    assert kam("report", "benefits", engine.write(run(policy()), tmp_path / "none")).err.startswith("KR590")
