"""Year end, changes of hands, periods and the cushion of a run: EX-3, EX-5, EX-9, EX-10 and EX-11 from files, and bad input."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.formats import format_, formats
from kam_rules.model.amounts import percent
from kam_rules.model.errors import DataError, KamError, UsageError
from kam_rules.model.report import Report, Table
from kam_rules.model.run import Run
from kam_rules.pipeline.hands import hands, lifted
from kam_rules.pipeline.judge import judge
from kam_rules.pipeline.quarters import quarters
from kam_rules.reports.cushion import cushion
from kam_rules.reports.mid_year import mid_year
from kam_rules.reports.periods import periods
from kam_rules.reports.year_end import year_end
from tests.money.book import ACCOUNTS, REPS, frame, policy, run

CLUB = "{escalators: excluded, reactivation: excluded, club: {by: account_based, at_least: 100%}}"
ACTUAL = {"A1": 1500000, "A2": 880000, "A3": 420000, "B1": 1680000, "B2": 580000, "B3": 380000}
"""Ana's add up to 2,800,000, Ben's to 2,640,000."""
Rows = Sequence[Mapping[str, object]]


@pytest.fixture(scope="module")
def ex5() -> Run:
    """Return EX-5 at rep level, a year of which the policy names the club."""
    return run(policy(year_end=CLUB))


def file(folder: Path, name: str, rows: Rows, **keys: str) -> Path:
    """Write a table of the year with its file, every column under its own name."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [",".join("" if row.get(key) is None else str(row[key]) for key in columns) for row in rows]
    (folder / f"{name}.csv").write_text("\n".join([",".join(columns), *cells]) + "\n")
    said = "".join(f"  {key}: {value}\n" for key, value in keys.items())
    mapped = ", ".join(f"{key}: {key}" for key in columns)
    (folder / f"{name}.yaml").write_text(f"{name}:\n  file: {name}.csv\n{said}  columns: {{{mapped}}}\n")
    return folder / f"{name}.yaml"


def actuals(folder: Path, rows: Rows, basis: str = "opening_arr", absent: str = "fault") -> Path:
    """Write actuals."""
    return file(folder, "actuals", rows, basis=basis, absent_rows=absent)


def ended(folder: Path, **changed: int) -> Path:
    """Write what each account of EX-11 brought."""
    return actuals(folder, [{"account_id": id_, "actual": amount} for id_, amount in (ACTUAL | changed).items()])


def changes(folder: Path, *rows: Mapping[str, object], as_of: str = "2026-02-01") -> Path:
    """Write changes of hands."""
    return file(folder, "changes", rows, as_of=as_of)


def table(report: Report, key: str) -> Table:
    """Return one table of a report."""
    return next(block for block in report.blocks if isinstance(block, Table) and block.key == key)


def said(error: KamError) -> list[str]:
    """Return code and sentence of every finding."""
    return [f"{f.code} {f.message}" for f in error.findings]


# --- EX-11 and EX-3: year end ------------------------------------------------------------------------------------------


def test_ex_11_four_measures_of_one_year(ex5: Run, tmp_path: Path):
    """Article 000's whole thesis in four numbers: raw NRR and uniform put Ana first, her accounts put Ben."""
    found = judge(ex5, ended(tmp_path))
    ana, ben = found.years
    told = [[percent(one.measure(by) or Fraction(0)) for one in (ana, ben)] for by in ("raw_nrr", "uniform", "account_based")]
    assert told == [["112%", "105.6%"], ["100%", "94.2857%"], ["100.7194%", "102.1277%"]]
    assert [percent(one.measure("account_based", "total") or Fraction(0)) for one in (ana, ben)] == ["96.4928%", "97.842%"]
    assert found.ranks == {"raw_nrr": {"ana": 1, "ben": 2}, "uniform": {"ana": 1, "ben": 2}, "account_based": {"ana": 2, "ben": 1}}
    assert found.club == ("ben", "ana")


def test_req_0_20_the_report_shows_both_quotas_the_shift_and_the_club(ex5: Run, tmp_path: Path):
    report = year_end(ex5, judge(ex5, ended(tmp_path)))
    ben, _ = table(report, "people").rows
    assert (ben[0], ben[5], ben[7]) == ("ben", 2585000, 2698229)
    assert table(report, "ranks").rows == (("ben", 2, 2, 1, 1, "in"), ("ana", 1, 1, 2, -1, "in"))
    assert "2 of 2 people reached their committed quota" in report.title


def test_ex_3_from_files_by_account_rep_tier_and_team(tmp_path: Path):
    """108% and 90%; the new logo's 90,000 stands outside, and without the escalator it is 105%."""
    accounts = [{**ACCOUNTS[0], "base_revenue": 1000000}]
    row = {"account_id": "A1", "expansion": 180000, "contraction": 40000, "churn": 60000, "escalators": 30000}
    new = {"account_id": "N1", "expansion": 90000, "contraction": 0, "churn": 0, "escalators": 0}
    path = actuals(tmp_path, [row, new])
    for escalators, nrr in (("counted", "108%"), ("excluded", "105%")):
        found = judge(run(policy(year_end=f"{{escalators: {escalators}, reactivation: excluded}}"), accounts), path)
        for by, of in (("total", "total"), ("team", "total"), ("tier", "t2"), ("holder", "ana")):
            one = found.retention[by][of]
            assert (percent(one.nrr or Fraction(0)), percent(one.grr or Fraction(0)), one.accounts) == (nrr, "90%", 1), by
        assert (found.outcome.new, found.outcome.new_amount) == (1, 90000_00)


def test_ex_9_base_and_actual_are_converted_at_the_rate_of_the_run(tmp_path: Path):
    """Constant currency: 105%, whatever the euro did since."""
    accounts = frame([{**ACCOUNTS[0], "base_revenue": 1000000, "currency": "EUR"}])
    rates = frame([{"currency": "EUR", "to_policy": "1.10"}])
    tables = {"reps": frame(REPS), "plan_rates": rates}
    found = engine.run(policy(), accounts, as_of=dt.date(2026, 2, 1), tables=tables, engine="reference", witness=False)
    year = judge(found, actuals(tmp_path, [{"account_id": "A1", "currency": "EUR", "actual": 1050000}]))
    assert (year.years[0].base, year.years[0].ended) == (1100000_00, 1155000_00)
    assert year.retention["total"]["total"].nrr == Fraction(105, 100)


def test_attainment_counts_accounts_with_a_target_and_retention_the_whole_cohort(tmp_path: Path):
    """B2 has no state: its base and end stay in NRR, and out of attainment."""
    accounts = [{**row, "grade": None} if row["account_id"] == "B2" else row for row in ACCOUNTS]
    ben = judge(run(policy(), accounts), ended(tmp_path)).years[1]
    assert (ben.base // 100, ben.ended // 100, ben.end // 100, ben.committed // 100) == (2500000, 2640000, 2060000, 2025000)


def test_credit_of_an_account_is_shared_at_year_end_as_its_quota_was(tmp_path: Path):
    """70 to 30: the parts of what it brought add up to it."""
    owners = [{"account": "A1", "owner": "ana", "share": "70%"}, {"account": "A1", "owner": "ben", "share": "30%"}]
    found = judge(run(policy(), ACCOUNTS, owners=owners), ended(tmp_path, A1=1500001))
    assert [year.ended for year in found.years] == [2800000_00 - 450000_00 + 70, 2640000_00 + 450000_00 + 30]
    assert sum(year.ended for year in found.years) == found.retention["total"]["total"].end


def test_without_reps_attainment_of_the_committed_quota_is_told_all_the_same(tmp_path: Path):
    plain = engine.run(policy(), frame(ACCOUNTS), as_of=dt.date(2026, 2, 1), engine="reference", witness=False)
    ana, _ = judge(plain, ended(tmp_path)).years
    assert (ana.committed // 100, ana.total) == (2780000, None)
    assert table(year_end(plain, judge(plain, ended(tmp_path))), "people").rows[0][8] is None


@pytest.mark.parametrize(
    ("currency", "actual", "units", "shown"),
    [
        pytest.param("JPY", "1500001", 1500001, "1,500,001", id="yen have no decimals"),
        pytest.param("USD", "1500000.01", 150000001, "1,500,000.01", id="dollars have two"),
        pytest.param("KWD", "1500000.001", 1500000001, "1,500,000.001", id="dinars have three"),
        pytest.param("JPY", "1500000.5", 1500000, "1,500,000", id="half a yen to the even one"),
    ],
)
def test_amounts_are_kept_to_the_smallest_unit_of_the_policys_currency(tmp_path: Path, currency: str, actual: str, units: int, shown: str):
    found = run(policy(currency=currency), ACCOUNTS[:1])
    year = judge(found, actuals(tmp_path, [{"account_id": "A1", "actual": actual}]))
    assert year.years[0].ended == units
    text = format_("text").render(year_end(found, year), width=140, color=False)
    assert shown in text


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3000000), min_size=6, max_size=6))
def test_the_parts_of_a_year_add_up_by_any_view(ex5: Run, tmp_path: Path, ends: list[int]):
    found = judge(ex5, ended(tmp_path, **dict(zip(ACTUAL, ends, strict=True))))
    whole = found.retention["total"]["total"]
    for by in ("team", "tier", "holder"):
        parts = list(found.retention[by].values())
        assert (sum(p.start for p in parts), sum(p.end for p in parts), sum(p.kept for p in parts)) == (whole.start, whole.end, whole.kept)
    assert whole.end == sum(ends) * 100


BAD_ACTUALS = [
    pytest.param(
        [{"account_id": "A1", "actual": 1}],
        {"basis": "contracted"},
        ["KR453 the actuals count contracted, and the base of the run counts opening_arr: the two are never mixed"],
        id="another basis",
    ),
    pytest.param([{"account_id": "A1"}], {}, ["KR454 no column says what became of an account"], id="no amounts"),
    pytest.param([{"account_id": "A1", "actual": 1, "churn": 1}], {}, ["KR454 'actual' already holds what churn says"], id="both ways"),
    pytest.param(
        [{"account_id": "A1", "churn": 1, "escalators": 1}],
        {},
        ["KR454 'escalators' is a part of the expansion, which no column feeds"],
        id="a part of nothing",
    ),
    pytest.param(
        [{"account_id": "A1", "actual": 1}, {"account_id": "A1", "actual": 2}],
        {},
        [f"KR455 actuals.csv row {row}, column 'account_id', 'A1': the account has another row" for row in (2, 3)],
        id="twice",
    ),
    pytest.param(
        [{"account_id": "A1", "actual": None}],
        {},
        ["KR413 actuals.csv row 2, column 'actual': a value is missing; a blank is never 0"],
        id="a blank",
    ),
    pytest.param(
        [{"account_id": "A1", "currency": "CHF", "actual": 1}],
        {},
        ["KR457 actuals.csv row 2, column 'currency', 'CHF': account A1 is in a currency for which the run has no plan rate"],
        id="no plan rate",
    ),
    pytest.param(
        [{"account_id": "A1", "actual": -1}],
        {},
        ["KR422 actuals.csv row 2, column 'actual', '-1': out of contract: 0 or more"],
        id="negative",
    ),
    pytest.param(
        [{"account_id": "A1", "expansion": 0, "churn": 1200001}],
        {"absent": "zero"},
        ["KR456 actuals.csv row 2, column 'churn': account A1 loses more than it had"],
        id="loses more than it had",
    ),
    pytest.param(
        [{"account_id": "A1", "expansion": 10, "escalators": 11}],
        {"absent": "zero"},
        ["KR456 actuals.csv row 2, column 'expansion': escalators and reactivation of account A1 exceed its expansion"],
        id="more escalators than expansion",
    ),
    pytest.param(
        [{"account_id": "A1", "actual": 1}],
        {},
        ["KR458 actuals.csv has no row for 5 accounts of the run: A2, A3, B1, B2, B3"],
        id="accounts without a row",
    ),
]


@pytest.mark.parametrize(("rows", "how", "messages"), BAD_ACTUALS)
def test_bad_actuals_name_row_and_field_and_judge_nothing(ex5: Run, tmp_path: Path, rows: Rows, how: dict[str, str], messages: list[str]):
    with pytest.raises(DataError) as error:
        judge(ex5, actuals(tmp_path, rows, **how))
    assert said(error.value) == messages
    assert error.value.exit_code == 4


def test_the_neighbours_of_bad_actuals_are_judged(ex5: Run, tmp_path: Path):
    """All of it lost, all the expansion an escalator, and absent rows read as lost: at the edge, and allowed."""
    rows = [{"account_id": "A1", "expansion": 0, "churn": 1200000, "escalators": 0}]
    rows.append({"account_id": "A2", "expansion": 10, "churn": 0, "escalators": 10})
    found = judge(ex5, actuals(tmp_path, rows, absent="zero"))
    assert found.outcome.lost == 4
    assert found.retention["total"]["total"].end == 800000_00


# --- EX-10: changes of hands -------------------------------------------------------------------------------------------


def small(by: str = "days") -> Run:
    """Return a run with one account of 365,000 a year, reconciled to exactly that."""
    accounts = [{"account_id": "A1", "owner": "ana", "base_revenue": 292000, "grade": "high", "industry": "FS", "headroom": 1}]
    return run(policy("{per: total, amount: 365000}", proration=by), accounts)


@pytest.mark.parametrize(
    ("by", "old", "new"), [pytest.param("days", 181000, 184000, id="days"), pytest.param("months", 182500, 182500, id="months")]
)
def test_ex_10_an_account_of_365000_moves_on_the_first_of_august(tmp_path: Path, by: str, old: int, new: int):
    found = hands(small(by), changes(tmp_path, {"account_id": "A1", "from": "ana", "to": "ben", "on": "2026-08-01"}))
    assert [(held.holder, held.amount // 100) for held in found.passed[0].held] == [("ana", old), ("ben", new)]
    assert found.change == {"ana": -new * 100, "ben": new * 100}


def test_a_whole_book_goes_to_who_starts_and_back_to_a_seat_where_someone_leaves(ex5: Run, tmp_path: Path):
    """A blank account is every account of `from` on that day; the sum of all quotas stays."""
    path = changes(
        tmp_path,
        {"account_id": "B1", "from": "ben", "to": "ana", "on": "2026-05-01"},
        {"account_id": None, "from": "ben", "to": "mia", "on": "2026-08-01"},
    )
    found = hands(ex5, path)
    assert [(one.account_id, [held.holder for held in one.held]) for one in found.passed] == [
        ("B1", ["ben", "ana"]),
        ("B2", ["ben", "mia"]),
        ("B3", ["ben", "mia"]),
    ]
    assert sum(found.change.values()) == 0
    proration = {(line.holder.id, line.role): line.proration for line in lifted(ex5, found)}
    assert proration["mia", "manager"] == 0, "what her people give one another is nothing to their manager"
    assert proration["ana", "rep"] == found.change["ana"] > 0


def test_the_supplement_stays_where_it_was_assigned(ex5: Run, tmp_path: Path):
    """What moves is the account's own quota; Ana keeps her 121,771."""
    found = hands(ex5, changes(tmp_path, {"account_id": "A1", "to": "ben", "on": "2026-02-01"}))
    assert found.change == {"ana": -1500000_00, "ben": 1500000_00}
    assert found.before["ana"] == 2901771_00


BAD_CHANGES = [
    pytest.param(
        {"account_id": "A9", "to": "ben", "on": "2026-08-01"},
        "KR459 changes.csv row 2, column 'account_id', 'A9': the run has no such account",
        id="an account that is not there",
    ),
    pytest.param(
        {"account_id": "A1", "to": "bob", "on": "2026-08-01"},
        "KR459 changes.csv row 2, column 'to', 'bob': nobody in the run bears this id",
        id="a person who is not there",
    ),
    pytest.param(
        {"account_id": None, "from": None, "to": "ben", "on": "2026-08-01"},
        "KR459 changes.csv row 2, column 'account_id': neither an account nor a holder is named",
        id="nothing named",
    ),
    pytest.param(
        {"account_id": "A1", "from": "ben", "to": "mia", "on": "2026-08-01"},
        "KR460 changes.csv row 2, column 'from', 'ben': account A1 is held by ana on that day",
        id="from who does not hold it",
    ),
    pytest.param(
        {"account_id": "A1", "to": "ana", "on": "2026-08-01"},
        "KR460 changes.csv row 2, column 'to', 'ana': already holds account A1 on that day",
        id="to who holds it",
    ),
    pytest.param(
        {"account_id": None, "from": "mia", "to": "ben", "on": "2026-08-01"},
        "KR460 changes.csv row 2, column 'from', 'mia': holds no account on that day",
        id="from who holds nothing",
    ),
    pytest.param(
        {"account_id": "A1", "to": "ben", "on": "2027-02-01"},
        "KR461 changes.csv row 2, column 'on', '2027-02-01': the day lies outside FY2027, 2026-02-01 to 2027-01-31",
        id="the day after the year",
    ),
    pytest.param(
        {"account_id": "A1", "to": "ben", "on": "2026-01-31"},
        "KR461 changes.csv row 2, column 'on', '2026-01-31': the day lies outside FY2027, 2026-02-01 to 2027-01-31",
        id="the day before the year",
    ),
    pytest.param(
        {"account_id": "A1", "to": "ben", "on": "2026-07-14"},
        "KR462 changes.csv row 2, column 'on', '2026-07-14': the change lies before its decision of 2026-07-15",
        id="dated back",
    ),
    pytest.param(
        {"account_id": "A1", "to": "ben", "on": "in August"},
        "KR423 changes.csv row 2, column 'on', 'in August': this is not a day",
        id="no day",
    ),
    pytest.param(
        {"account_id": "A1", "to": "ben", "on": "01/08/2026"},
        "KR427 'on', column 'on': '01/08/2026' can be read as day/month/year or as month/day/year, and so can all its cells",
        id="a day that can be read in two ways",
    ),
    pytest.param(
        {"account_id": "A1", "to": None, "on": "2026-08-01"},
        "KR413 changes.csv row 2, column 'to': a required value is missing",
        id="to nobody",
    ),
]


@pytest.mark.parametrize(("row", "message"), BAD_CHANGES)
def test_a_bad_change_names_row_and_field_and_nothing_changes(ex5: Run, tmp_path: Path, row: dict[str, object], message: str):
    with pytest.raises(DataError) as error:
        hands(ex5, changes(tmp_path, row, as_of="2026-07-15" if "07-14" in message else "2026-01-01"))
    assert said(error.value) == [message]
    assert all(finding.fix for finding in error.value.findings)


def test_a_day_of_decision_that_the_calendar_does_not_have_is_refused(ex5: Run, tmp_path: Path):
    """The 28th of February is a day of decision; in a common year the 29th is none, and is told as a fault of the file."""
    row = {"account_id": "A1", "to": "ben", "on": "2026-08-01"}
    assert hands(ex5, changes(tmp_path, row, as_of="2026-02-28")).as_of == dt.date(2026, 2, 28)
    with pytest.raises(DataError) as error:
        hands(ex5, changes(tmp_path, row, as_of="2026-02-29"))
    assert said(error.value) == ["KR105 2026-02-29 is not in the calendar"]


def test_two_changes_of_an_account_on_one_day_are_refused(ex5: Run, tmp_path: Path):
    day = {"account_id": "A1", "on": "2026-08-01"}
    with pytest.raises(DataError) as error:
        hands(ex5, changes(tmp_path, {**day, "to": "ben"}, {**day, "to": "mia"}))
    assert said(error.value) == ["KR463 changes.csv row 3, column 'on', '2026-08-01': account A1 changes hands twice on 2026-08-01"]


def test_a_change_within_a_month_is_refused_where_months_are_counted(tmp_path: Path):
    with pytest.raises(DataError) as error:
        hands(small("months"), changes(tmp_path, {"account_id": "A1", "to": "ben", "on": "2026-08-02"}))
    assert said(error.value) == ["KR464 changes.csv row 2, column 'on', '2026-08-02': the policy prorates by whole months"]


def test_an_escalated_team_has_no_quota_to_divide(tmp_path: Path):
    with pytest.raises(DataError) as error:
        hands(run(policy("{per: total, amount: 6000000}")), changes(tmp_path, {"account_id": "A1", "to": "ben", "on": "2026-08-01"}))
    assert said(error.value) == ["KR466 changes.csv row 2, column 'account_id', 'A1': the team total has no quota assigned"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(ACTUAL)), st.sampled_from(["ana", "ben", "mia"]), st.integers(0, 364)), max_size=8))
def test_whatever_changes_hands_the_sum_of_all_quotas_stays(ex5: Run, tmp_path: Path, moves: list[tuple[str, str, int]]):
    rows = [{"account_id": id_, "to": to, "on": (dt.date(2026, 2, 1) + dt.timedelta(days=day)).isoformat()} for id_, to, day in moves]
    if not rows:
        return
    refused: set[str] = set()
    try:
        found = hands(ex5, changes(tmp_path, *rows))
    except DataError as error:
        refused = {finding.code for finding in error.findings}
    assert refused <= {"KR460", "KR463"}
    if refused:
        return
    assert sum(found.change.values()) == 0
    for one in found.passed:
        assert sum(held.amount for held in one.held) == one.quota


# --- Periods -----------------------------------------------------------------------------------------------------------


def test_a_quota_falls_evenly_into_quarters_for_reps_and_their_manager():
    """EX-5's 2,901,771 and 2,698,229, in whole dollars, and 5,600,000 above them."""
    found = quarters(run(policy(periods="{into: quarters, split: even}")), None)
    told = {(line.holder, line.role): [part // 100 for part in line.total] for line in found.lines}
    assert {key: sum(parts) for key, parts in told.items()} == {
        ("ana", "rep"): 2901771,
        ("ben", "rep"): 2698229,
        ("mia", "manager"): 5600000,
    }
    assert told["ana", "rep"] == [725443, 725443, 725443, 725442]
    assert [period.label for period in found.periods] == ["FY2027-Q1", "FY2027-Q2", "FY2027-Q3", "FY2027-Q4"]


def test_what_a_manager_holds_back_falls_as_the_quota_below_does():
    """EX-5 at manager level: 235,000 beside the reps' 5,365,000."""
    rung = "{id: rep, up_to: 5%, then: manager_supplement}"
    found = quarters(run(policy(rep=rung, periods="{into: months, split: even}")), None)
    manager = next(line for line in found.lines if line.role == "manager")
    assert (sum(manager.committed) // 100, sum(manager.total) // 100) == (5365000, 5600000)
    assert len(manager.total) == 12


def test_a_quota_follows_last_years_season(tmp_path: Path):
    """10, 20, 30 and 40 of 100; equal rows are different sales, and rows of other years are counted."""
    rows = [("2025-02-01", 10), ("2025-05-01", 10), ("2025-05-01", 10), ("2025-08-01", 30), ("2026-01-31", 40), ("2026-02-01", 999)]
    path = file(tmp_path, "season", [{"date": day, "revenue": amount} for day, amount in rows])
    found = quarters(run(policy("{per: total, amount: 5365000}", periods="{into: quarters, split: season}")), path)
    ana = next(line for line in found.lines if line.holder == "ana")
    assert [part // 100 for part in ana.total] == [278000, 556000, 834000, 1112000]
    assert found.outside == 1


def test_a_quota_falls_where_its_accounts_renew():
    """A1 renews in the second quarter, A2 in the year after; A3 never: both fall evenly."""
    dates = {"A1": "2026-05-01", "A2": "2027-02-01"}
    accounts = [{**row, "since": dates.get(str(row["account_id"]))} for row in ACCOUNTS]
    found = quarters(run(policy("{per: total, amount: 5365000}", periods="{into: quarters, split: renewal, date: since}"), accounts), None)
    ana = next(line for line in found.lines if line.holder == "ana")
    assert [part // 100 for part in ana.committed] == [320000, 1820000, 320000, 320000]


@pytest.mark.parametrize(
    ("words", "season", "message"),
    [
        pytest.param("", False, "KR467 the policy does not say how the year's quota falls into periods", id="no rule"),
        pytest.param("{into: quarters, split: season}", False, "KR467 the quota needs last year's revenue", id="no season"),
        pytest.param(
            "{into: quarters, split: even}",
            True,
            "KR467 the quota has no use for a season: the policy splits it by even",
            id="a season for nothing",
        ),
    ],
)
def test_periods_need_a_rule_and_the_season_it_names(tmp_path: Path, words: str, season: bool, message: str):  # noqa: FBT001
    path = file(tmp_path, "season", [{"date": "2025-02-01", "revenue": 1}]) if season else None
    with pytest.raises(UsageError) as error:
        quarters(run(policy(periods=words)), path)
    assert said(error.value) == [message]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param([("2024-01-31", 5)], "KR465 season.csv has no revenue between 2025-02-01 and 2026-01-31", id="another year"),
        pytest.param([("2025-02-01", 5), ("2025-05-01", -1)], "KR465 in Q2 of last year credits outweigh revenue", id="credits"),
    ],
)
def test_a_season_that_cannot_be_followed_is_refused(tmp_path: Path, rows: list[tuple[str, int]], message: str):
    path = file(tmp_path, "season", [{"date": day, "revenue": amount} for day, amount in rows])
    with pytest.raises(DataError) as error:
        quarters(run(policy(periods="{into: quarters, split: season}")), path)
    assert said(error.value) == [message]


# --- EX-5: the cushion -------------------------------------------------------------------------------------------------


def test_ex_5_the_cushion_of_a_surplus_under_stress():
    """Req 0.16: 115,000 covers 2% (107,300), not 3% (160,950), and not the loss of B1 (1,650,000)."""
    report = cushion(run(policy("{per: total, amount: 5250000}", more="stress: {lose_one_of: [mature], downturn: [2%, 3%]}")))
    (team,) = table(report, "teams").rows
    assert team == ("total", 5365000, 5250000, 115000, Fraction(115000, 5365000), 2, 0)
    assert [(row[1], row[2], row[3]) for row in table(report, "downturns").rows] == [
        (Fraction(2, 100), 107300, True),
        (Fraction(3, 100), 160950, False),
    ]
    assert table(report, "losses").rows[0][1:4] == ("B1", 1650000, False)


def test_a_run_without_a_reconciliation_has_no_cushion():
    plain = engine.run(policy(), frame(ACCOUNTS), as_of=dt.date(2026, 2, 1), engine="reference", witness=False)
    with pytest.raises(UsageError) as error:
        cushion(plain)
    assert [f.code for f in error.value.findings] == ["KR807"]


# --- Reports -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", formats())
def test_every_report_of_the_year_is_written_in_every_format(tmp_path: Path, form: str):
    found = run(
        policy("{per: total, amount: 5250000}", year_end=CLUB, periods="{into: quarters, split: even}", more="stress: {downturn: [2%]}")
    )
    path = changes(tmp_path, {"account_id": "A1", "to": "ben", "on": "2026-08-01"})
    reports = [
        year_end(found, judge(found, ended(tmp_path)), accounts=True),
        mid_year(found, hands(found, path)),
        periods(found, quarters(found, None)),
        cushion(found),
    ]
    for report in reports:
        text = format_(form).render(report, width=140, color=False)
        assert text.endswith("\n")
        assert "Fraction" not in text
