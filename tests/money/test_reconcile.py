"""The way from the gap to quotas: every outcome of the ladder, both sides of every boundary, to the last digit (EX-4, EX-5)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kam_rules.model.amounts import percent
from kam_rules.model.ladder import Verdict
from kam_rules.model.quota import Kind, Reconciled
from tests.money.book import ACCOUNTS, REPS, line, only, policy, reconciled, whole


def top_down(amount: object, **options: str) -> Reconciled:
    """Reconcile EX-4's book with a figure from above."""
    return reconciled(policy(f"{{per: total, amount: {amount}}}", **options))


def parts(found: Reconciled) -> tuple[int | None, ...]:
    """Return Ana's and Ben's supplements in whole dollars."""
    return whole(line(found, "ana").supplement), whole(line(found, "ben").supplement)


def test_ex_4_committed_targets_roll_up_to_rep_and_manager():
    found = top_down(5_365_000)
    assert [whole(line(found, rep).committed) for rep in ("ana", "ben")] == [2_780_000, 2_585_000]
    manager = line(found, "mia", "manager")
    assert (whole(manager.base), whole(manager.committed), manager.accounts) == (5_000_000, 5_365_000, 6)
    assert Fraction(line(found, "ana").committed, line(found, "ana").base) == Fraction("1.112")
    assert Fraction(line(found, "ben").committed, line(found, "ben").base) == Fraction("1.034")
    assert Fraction(manager.committed, manager.base) == Fraction("1.073")


def test_ex_4_aspirational_amounts_stand_with_the_rep_and_never_roll_up():
    found = top_down(5_365_000)
    assert whole(line(found, "ana").aspirational) == 500_000
    assert line(found, "mia", "manager").aspirational is None


@pytest.mark.parametrize(
    ("amount", "verdict", "ratio"),
    [
        pytest.param("5250000", Verdict.SURPLUS, "-2.190476%", id="surplus"),
        pytest.param("5364999.99", Verdict.SURPLUS, "0%", id="one cent above the top-down is a surplus"),
        pytest.param("5365000", Verdict.ON_PLAN, "0%", id="no gap is on plan: below 0% excludes its edge"),
        pytest.param("5380000", Verdict.ON_PLAN, "0.27881%", id="within the tolerance"),
        pytest.param("5391959.79", Verdict.ON_PLAN, "0.5%", id="a cent inside the tolerance"),
        pytest.param("5391959.80", Verdict.REP_SUPPLEMENT, "0.5%", id="a cent past the tolerance, 5365000 / 0.995 = 5391959.798…"),
        pytest.param("5600000", Verdict.REP_SUPPLEMENT, "4.196429%", id="manageable, by the reps"),
        pytest.param("5647368.42", Verdict.REP_SUPPLEMENT, "5%", id="a cent inside 5%, 5365000 / 0.95 = 5647368.421…"),
        pytest.param("5647368.43", Verdict.MANAGER_SUPPLEMENT, "5%", id="a cent past 5%"),
        pytest.param("5961111", Verdict.MANAGER_SUPPLEMENT, "9.999998%", id="just below 10%"),
        pytest.param("5961112", Verdict.ESCALATED, "10.000013%", id="just above 10%"),
        pytest.param("6000000", Verdict.ESCALATED, "10.583333%", id="sizeable"),
    ],
)
def test_ex_5_the_ladder_compares_amounts_and_names_its_denominator(amount: str, verdict: Verdict, ratio: str):
    team = only(top_down(amount))
    assert (team.verdict, percent(team.ratio, 6)) == (verdict, ratio)
    assert [step.rung.id for step in team.steps if step.chosen] == [team.rung.id]


@pytest.mark.parametrize(
    ("amount", "verdict"),
    [
        pytest.param("5633250", Verdict.REP_SUPPLEMENT, id="exactly 5% of bottom-up: up_to includes its edge"),
        pytest.param("5633250.01", Verdict.MANAGER_SUPPLEMENT, id="one cent more"),
        pytest.param("5391825", Verdict.ON_PLAN, id="exactly 0.5%"),
        pytest.param("5391825.01", Verdict.REP_SUPPLEMENT, id="one cent more than 0.5%"),
        pytest.param("5901500", Verdict.MANAGER_SUPPLEMENT, id="exactly 10%"),
        pytest.param("5901500.01", Verdict.ESCALATED, id="one cent more than 10%"),
    ],
)
def test_an_edge_itself_belongs_to_the_rung_it_closes(amount: str, verdict: Verdict):
    assert only(top_down(amount, of="bottom_up")).verdict is verdict


def test_ex_5_the_same_gap_is_another_share_of_another_denominator():
    assert percent(only(top_down(5_600_000, of="bottom_up")).ratio, 6) == "4.380242%"


def test_ex_5_surplus_keeps_its_cushion_and_adds_nothing():
    found = top_down(5_250_000)
    team = only(found)
    assert (whole(team.gap), whole(team.cushion), team.supplement, team.hold_back, team.open) == (-115_000, 115_000, 0, 0, 0)
    assert whole(line(found, "mia", "manager").total) == 5_365_000
    assert percent(Fraction(team.bottom_up, team.top_down), 6) == "102.190476%"
    assert percent(Fraction(team.top_down, team.bottom_up), 6) == "97.856477%"


def test_ex_5_on_plan_adds_no_quota_and_reports_the_remainder():
    found = top_down(5_380_000)
    assert whole(only(found).open) == 15_000
    assert [whole(q.total) for q in found.quotas] == [5_365_000, 2_780_000, 2_585_000]


@pytest.mark.parametrize(
    ("rung", "ana", "ben", "left"),
    [
        pytest.param("spread: target", 121_771, 113_229, 0, id="by target: 121770.736 / 113229.264"),
        pytest.param("spread: headroom", 148_833, 86_167, 0, id="by headroom 1.9M : 1.1M"),
        pytest.param("spread: {metric: headroom}", 148_833, 86_167, 0, id="by a metric of the policy's"),
        pytest.param("spread: equal", 117_500, 117_500, 0, id="equal"),
        pytest.param("spread: target, leave_out: [at_risk]", 126_969, 108_031, 0, id="At Risk left out: 2380000 : 2025000"),
        pytest.param("spread: headroom, cap: 4.5% of target, rest: manager", 125_100, 109_900, 0, id="capped, overflow to the other"),
        pytest.param("spread: headroom, cap: 4% of target, rest: manager", 111_200, 103_400, 20_400, id="caps full, rest to the manager"),
        pytest.param("spread: headroom, cap: 125100, rest: manager", 125_100, 109_900, 0, id="a cap in money"),
        pytest.param("spread: target, at_least: 115000", 120_000, 115_000, 0, id="a minimum lifts Ben"),
        pytest.param("spread: target, locked: {ana: 100000}", 100_000, 135_000, 0, id="a locked part stands"),
    ],
)
def test_ex_5_spreads_caps_minimums_and_locks(rung: str, ana: int, ben: int, left: int):
    found = top_down(5_600_000, rep=f"{{id: rep, up_to: 5%, then: rep_supplement, {rung}}}")
    team = only(found)
    assert parts(found) == (ana, ben)
    assert (whole(team.hold_back), whole(team.rest)) == (left, left)
    assert whole(line(found, "mia", "manager").total) == 5_600_000


def test_ex_5_effective_quotas_after_a_rep_level_supplement():
    found = top_down(5_600_000)
    ana, ben = line(found, "ana"), line(found, "ben")
    assert (whole(ana.total), whole(ben.total)) == (2_901_771, 2_698_229)
    assert percent(Fraction(ana.total or 0, ana.base)) == "116.0708%"
    assert percent(Fraction(ben.total or 0, ben.base)) == "107.9292%"


def test_ex_5_a_supplement_goes_down_to_the_eligible_accounts_on_request():
    """Left out at the level of accounts alone: Ana's 121,771 over A1 and A2, 1,500,000 : 880,000."""
    rung = "{id: rep, up_to: 5%, then: rep_supplement, spread: target, to_accounts: {spread: target, leave_out: [at_risk]}}"
    found = top_down(5_600_000, rep=rung)
    given = dict(found.credits.filter(found.credits["supplement"].is_not_null()).select("account_id", "supplement").iter_rows())
    assert parts(found) == (121_771, 113_229)
    assert {id_: whole(part) for id_, part in given.items()} == {"A1": 76_746, "A2": 45_025, "B1": 92_261, "B3": 20_968}


def test_ex_5_manager_level_leaves_the_reps_as_they_are():
    found = top_down(5_600_000, rep="{id: rep, up_to: 5%, then: manager_supplement}")
    manager = line(found, "mia", "manager")
    assert parts(found) == (0, 0)
    assert [whole(line(found, rep).total) for rep in ("ana", "ben")] == [2_780_000, 2_585_000]
    assert (whole(manager.hold_back), whole(manager.supplement), whole(manager.total)) == (235_000, 0, 5_600_000)


def test_ex_5_split_lets_reps_and_manager_carry_a_share_each():
    found = top_down(5_600_000, rep="{id: rep, up_to: 5%, then: split, reps: 60%, manager: 40%, spread: target}")
    manager = line(found, "mia", "manager")
    assert sum(part or 0 for part in parts(found)) == 141_000
    assert (whole(manager.supplement), whole(manager.hold_back), whole(manager.total)) == (141_000, 94_000, 5_600_000)


def test_ex_5_escalated_writes_no_quota():
    found = top_down(6_000_000)
    team = only(found)
    assert (whole(team.gap), team.supplement, team.hold_back, whole(team.open)) == (635_000, 0, 0, 635_000)
    assert [q.total for q in found.quotas] == [None, None, None]
    assert percent(Fraction(team.gap, team.rung.plan or 0), 6) == "15.875%"


def test_ex_6_a_total_that_is_no_multiple_of_the_unit_leaves_its_residual_with_the_manager():
    """235,450 in units of 1,000: 235,000 to the reps, 450 stated on the manager's line."""
    found = top_down(5_600_450, more="unit: 1000")
    manager = line(found, "mia", "manager")
    assert parts(found) == (122_000, 113_000)
    assert (whole(only(found).residual), whole(manager.hold_back), whole(manager.total)) == (450, 450, 5_600_450)


def test_every_account_stands_on_one_line_and_the_lines_add_up():
    """Undecided, prospect, lapsed and out-of-scope accounts never roll up into a quota."""
    more = [
        {"account_id": "U1", "owner": "ben", "base_revenue": 90_000, "grade": None, "headroom": 1},
        {"account_id": "P1", "owner": "ben", "base_revenue": 0, "grade": None, "prospect_target": 40_000},
        {"account_id": "L1", "owner": "ben", "base_revenue": 0, "grade": None, "since": "2020-01-01"},
    ]
    found = reconciled(policy("{per: total, nrr: 112%}", more="scope: {states: [mature, high_potential]}"), [*ACCOUNTS, *more])
    lines = {part.kind: (part.accounts, whole(part.base), whole(part.target)) for part in only(found).parts}
    assert lines == {
        Kind.DECIDED: (4, 3_800_000, 4_405_000),
        Kind.UNDECIDED: (1, 90_000, 0),
        Kind.PROSPECT: (1, 0, 40_000),
        Kind.LAPSED: (1, 0, 0),
        Kind.OUTSIDE: (2, 1_200_000, 960_000),
    }
    assert whole(only(found).top_down) == 4_256_000  # 112% of the decided base in scope
    assert whole(line(found, "mia", "manager").committed) == 4_405_000


def test_several_teams_climb_by_themselves_and_the_total_is_told_beside_them():
    reps = [REPS[0], REPS[1], {"rep_id": "max", "manager": "mia", "team": "west"}, {"rep_id": "ben", "manager": "max", "team": "west"}]
    found = reconciled(policy("{per: team, nrr: 112%}"), reps=reps)
    assert [(t.team, t.head, t.verdict, whole(t.gap)) for t in found.teams] == [
        ("east", "mia", Verdict.REP_SUPPLEMENT, 20_000),
        ("west", "max", Verdict.MANAGER_SUPPLEMENT, 215_000),
    ]
    assert (found.total.verdict, whole(found.total.gap)) == (Verdict.REP_SUPPLEMENT, 235_000)
    assert whole(line(found, "max", "manager").hold_back) == 215_000
    top = line(found, "mia", "manager")
    assert (whole(top.committed), whole(top.supplement), whole(top.hold_back), whole(top.total)) == (5_365_000, 20_000, 215_000, 5_600_000)


def test_one_team_s_escalation_takes_the_quota_from_everybody_above_and_from_nobody_else():
    reps = [REPS[0], REPS[1], {"rep_id": "max", "manager": "mia", "team": "west"}, {"rep_id": "ben", "manager": "max", "team": "west"}]
    found = reconciled(policy("{per: team, amount: {east: 2800000, west: 3000000}}"), reps=reps)
    totals = {(q.holder.id, q.role): whole(q.total) for q in found.quotas}
    assert totals == {("mia", "manager"): None, ("max", "manager"): None, ("ben", "rep"): None, ("ana", "rep"): 2_800_000}


def test_roll_up_at_any_depth_with_a_manager_s_own_book():
    reps = [
        {"rep_id": "top"},
        {"rep_id": "mid", "manager": "top"},
        {"rep_id": "low", "manager": "mid"},
        {"rep_id": "ana", "manager": "low"},
        {"rep_id": "ben", "manager": "top", "status": "ramping"},
    ]
    accounts = [{**row, "owner": "mid"} if row["account_id"] == "A3" else row for row in ACCOUNTS]
    found = reconciled(policy("{per: total, amount: 5365000}"), accounts, reps)
    assert {q.holder.id: whole(q.committed) for q in found.quotas if q.role == "manager"} == {
        "top": 5_365_000,
        "mid": 2_780_000,
        "low": 2_380_000,
    }
    assert whole(line(found, "mid").committed) == 400_000
    assert whole(line(found, "ben").total) == 2_585_000


def test_the_limit_on_a_quota_s_change_counts_from_last_year_s_quota():
    """Ana had 2,700,000: at most 4% more is 2,808,000, so she carries 28,000 and Ben the rest."""
    reps = [REPS[0], {**REPS[1], "prior_quota": 2_700_000}, REPS[2]]
    rung = "{id: rep, up_to: 5%, then: rep_supplement, spread: target, rest: manager}"
    found = reconciled(policy("{per: total, amount: 5600000}", rep=rung, more="limit_change: 4%"), reps=reps)
    assert parts(found) == (28_000, 207_000)
    assert [f.code for f in found.findings] == ["KR616"]
