"""Who benefits: what a rep's own answers are worth in the rep's own quota, and labels against outcomes (EX-11)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam_rules import engine, programme
from kam_rules.model.amounts import percent
from kam_rules.model.errors import UsageError
from kam_rules.model.report import Cell, Report, Table
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.pipeline.benefits import Worth, benefits, sums, supplied
from tests.conftest import Said
from tests.money.book import ACCOUNTS, CRITERIA, FIELDS, STATES, policy, run, whole
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


SEATED = """
    if_unknown: hold
    rules:
      - {id: top, when: score >= 75, capacity: 1}
      - {id: next, when: score >= 25, capacity: 2}
      - {id: rest, otherwise: true}
    """
RANKED = """
    if_unknown: hold
    rules:
      - {id: top, when: base_revenue >= 500000, capacity: 2, tie_break: [pull desc]}
      - {id: rest, otherwise: true}
    """
PULLED = FIELDS.replace("pull: {type: number}", "pull: {type: integer, min: 0, max: 8, supplied_by: owner}")
BY_PULL = """
    inputs: {maturity: base_revenue, penetration: base_revenue, potential: headroom}
    if_unknown: hold
    rules:
      - {id: at_risk, when: pull >= 2 and pull < 4, because: Serious work to retain}
      - {id: high_potential, when: 'pull > 4 and tier = "next"', because: Under-penetrated}
      - {id: mature, otherwise: true, because: Solid}
    """
SCORED = CRITERIA.replace("measure: base_revenue, if_missing: reject", "measure: pull, if_missing: zero").replace("2000000", "8")


@pytest.mark.parametrize(
    ("tiers", "states", "more"),
    [
        pytest.param(SEATED, BY_PULL, "", id="a state reads the tier, and the tier hangs on the others"),
        pytest.param(SEATED, STATES, "scope: {tiers: [top, next]}\n", id="who has no seat is not in the quota"),
        pytest.param(SEATED, BY_PULL, "scope: {tiers: [top, rest], states: [mature, at_risk]}\n", id="both"),
        pytest.param(RANKED, STATES, "scope: {tiers: [top]}\n", id="a score that no tier asks for ranks all the same"),
    ],
)
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(pulls=st.lists(st.none() | st.integers(0, 8), min_size=6, max_size=6), at=st.integers(0, 5))
def test_the_ends_of_a_number_are_what_deciding_the_book_with_every_value_gives(
    tiers: str, states: str, more: str, pulls: list[int | None], at: int
):
    """Property: what is asked least and most, the nearest value that asks it, and the nearest out of the quota."""
    found = policy(fields=PULLED, states=states, criteria=SCORED, tiers=tiers, more=more)
    book = [{**row, "pull": pull} for row, pull in zip(ACCOUNTS, pulls, strict=True)]
    told = [worth for worth in benefits(run(found, book), ["pull"]) if worth.account_id == ACCOUNTS[at]["account_id"]]
    books = {pull: [*book[:at], {**book[at], "pull": pull}, *book[at + 1 :]] for pull in (pulls[at], *range(9))}
    made = {pull: decided(run(found, changed), at) for pull, changed in books.items()}
    assert bool(told) == (made[pulls[at]] is not None)
    for worth in told:
        now, start = made[pulls[at]], pulls[at] or 0
        near = [(pull, told_) for pull, told_ in sorted(made.items(), key=lambda one: (one[0] != pulls[at], abs((one[0] or 0) - start)))]
        inside = [(pull, told_[0]) for pull, told_ in near if told_ is not None and (told_[1] or pull == pulls[at])]
        least, most = (end(quota for _, quota in inside) for end in (min, max))
        assert (worth.least.quota, worth.most.quota) == (least, most)
        for answer, quota in ((worth.least, least), (worth.most, most)):
            assert far(answer.value, start) == min(far(pull, start) for pull, asked in inside if asked == quota)
        outside = [far(pull, start) for pull, told_ in near if told_ is not None and not told_[1]]
        assert [far(value, start) for value in worth.out] == (sorted(outside)[:1] if now is not None and now[1] else [])
        assert worth.settled


def far(value: Value, start: int) -> Fraction:
    """Return how far a value is from the recorded one; a blank one is at the least there is."""
    return abs(Fraction(0 if value is None else str(value)) - start)


def decided(found: Run, at: int) -> tuple[int, bool] | None:
    """Return what an account is asked for and whether it is in scope; None where it is undecided."""
    row, scope = found.table.frame().row(at, named=True), found.ready.program.reconciliation
    assert scope is not None
    if row["target_amount"] is None:
        return None
    inside = (not scope.tiers or row["tier"] in scope.tiers) and (not scope.states or row["state"] in scope.states)
    return (row["target_amount"] if inside else 0), inside


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
