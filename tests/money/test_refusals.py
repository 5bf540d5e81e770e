"""What the ladder refuses: the message has the figures, no quota is written, and what was decided stays."""

from __future__ import annotations

import pytest

from kam_rules import engine
from kam_rules.model.errors import UsageError
from kam_rules.model.quota import Decision, Reconciled
from tests.money.book import ACCOUNTS, REPS, line, only, policy, reconciled, run, whole

RUNG = "{{id: rep, up_to: 5%, then: rep_supplement, {}}}"


def refused(found: Reconciled) -> list[str]:
    """Return the faults of the one team; none of its lines has a quota, and nobody carries anything."""
    team = only(found)
    assert not team.assigned
    assert (team.supplement, team.hold_back) == (0, 0)
    assert team.open == max(0, team.gap)
    assert all(q.total is None for q in found.quotas)
    return [f"{f.code} {f.message}" for f in team.faults]


@pytest.mark.parametrize(
    ("rung", "said"),
    [
        pytest.param(
            "spread: target, cap: 4% of target, rest: refuse",
            "KR803 team total: caps leave 20,400.00 USD of 235,000.00 USD over, and the rung says rest: refuse",
            id="caps that cannot hold the total",
        ),
        pytest.param(
            "spread: {metric: pull}",
            "KR802 team total: 235,000.00 USD cannot be spread by pull: no weight is positive",
            id="weights that are all missing",
        ),
        pytest.param(
            "spread: target, leave_out: [at_risk, mature, high_potential]",
            "KR802 team total: 235,000.00 USD cannot be spread by committed target: no weight is positive",
            id="every account left out",
        ),
        pytest.param(
            "spread: target, at_least: 120000",
            "KR805 team total: 235,000.00 USD cannot be spread by committed target: "
            "the minimums add up to 240,000.00 USD, more than the 235,000.00 USD there are",
            id="minimums above the total",
        ),
        pytest.param(
            "spread: target, at_least: 5% of target, cap: 4% of target, rest: manager",
            "KR805 team total: 235,000.00 USD cannot be spread by committed target: the minimum of ana lies above its cap, in whole units",
            id="a minimum above its cap",
        ),
        pytest.param(
            "spread: target, locked: {ana: 235000.01}",
            "KR805 team total: 235,000.00 USD cannot be spread by committed target: "
            "the locked parts add up to 235,000.01 USD, more than the total of 235,000.00 USD",
            id="locked above the total",
        ),
        pytest.param("spread: target, locked: {anna: 1}", "KR805 the rung 'rep' locks 'anna', who is not among the reps", id="nobody"),
    ],
)
def test_a_spread_that_cannot_be_is_refused_with_the_figures(rung: str, said: str):
    assert refused(reconciled(policy(rep=RUNG.format(rung)))) == [said]


@pytest.mark.parametrize(
    ("room", "fine"),
    [
        pytest.param(117_500, True, id="exactly the headroom"),
        pytest.param(117_499, False, id="one less than the supplement"),
    ],
)
def test_a_supplement_larger_than_the_headroom_under_it_is_refused(room: int, fine: bool):  # noqa: FBT001 - the rule's two sides
    accounts = [
        {**row, "headroom": room // 3 + (row["account_id"] == "B1") * (room % 3)} if row["owner"] == "ben" else row for row in ACCOUNTS
    ]
    found = reconciled(policy(rep=RUNG.format("spread: equal")), accounts)
    if fine:
        assert whole(line(found, "ben").supplement) == 117_500
        return
    said = "KR804 rep ben (row 4 of the reps) would carry a supplement of 117,500.00 USD, more than the headroom of 117,499.00 USD under it"
    assert refused(found) == [said]


def test_an_unknown_headroom_refuses_nothing_and_weighs_nothing():
    """Missing is not zero: with one headroom unknown, nobody can say that the supplement exceeds it."""
    accounts = [{**row, "headroom": None if row["account_id"] == "B1" else 1} if row["owner"] == "ben" else row for row in ACCOUNTS]
    assert whole(line(reconciled(policy(rep=RUNG.format("spread: equal")), accounts), "ben").supplement) == 117_500
    found = reconciled(
        policy(rep=RUNG.format("spread: headroom")), [{**r, "headroom": None if r["owner"] == "ben" else 1_000_000} for r in ACCOUNTS]
    )
    assert whole(line(found, "ana").supplement) == 235_000
    assert [(f.code, f.message) for f in found.findings] == [
        ("KR612", "team total: 3 eligible accounts have no headroom, and weigh nothing")
    ]


def test_a_rep_without_an_eligible_account_is_named_and_nothing_changes_for_it():
    reps = [*REPS, {"rep_id": "new", "manager": "mia", "team": "east"}]
    found = reconciled(policy(rep=RUNG.format("spread: equal")), reps=reps)
    assert [(f.code, f.level, f.message.split(" has ")[0]) for f in found.findings] == [("KR611", "warning", "rep new (row 5 of the reps)")]
    assert [whole(line(found, rep).supplement) for rep in ("ana", "ben", "new")] == [117_500, 117_500, 0]
    assert line(found, "new").total == 0


@pytest.mark.parametrize(
    ("top_down", "reps", "said"),
    [
        pytest.param(
            "{per: team, amount: {west: 5600000}}",
            REPS,
            ["KR801 team east has no top-down", "KR801 there is a top-down for team 'west', which holds no account"],
            id="a team without one, and one for nobody",
        ),
    ],
)
def test_a_missing_top_down_names_the_team(top_down: str, reps: tuple[dict[str, object], ...], said: list[str]):
    assert refused(reconciled(policy(top_down), reps=reps)) == said


def test_without_a_decided_base_there_is_no_top_down():
    accounts = [{**row, "grade": None} for row in ACCOUNTS]
    assert refused(reconciled(policy("{per: total, nrr: 112%}"), accounts)) == ["KR801 the top-down of team total is 0.00 USD"]


def test_a_team_without_a_manager_above_it_says_so_and_loses_nothing():
    reps = [{"rep_id": "ana", "team": "east"}, {"rep_id": "ben", "team": "east"}]
    found = reconciled(policy(rep="{id: rep, up_to: 5%, then: manager_supplement}"), reps=reps)
    assert [f.code for f in found.findings] == ["KR613"]
    assert [(q.holder.name, whole(q.hold_back)) for q in found.quotas if q.role == "manager"] == [("nobody is named", 235_000)]


# --- The ladder alone, again -------------------------------------------------------------------------------------------

DECISION = Decision("new_business", "I. Solvang", "Board of 12 March", "2026-03-12")


def test_another_figure_from_above_climbs_the_same_ladder():
    found = engine.reconcile(run(policy()), top_down="5,250,000").reconciled
    assert found is not None
    assert (whole(only(found).gap), whole(only(found).cushion)) == (-115_000, 115_000)


def test_several_teams_share_another_figure_as_they_share_the_policy_s():
    teams = [{**rep, "team": "west" if rep["rep_id"] == "ben" else "east"} for rep in REPS]
    found = engine.reconcile(
        run(policy("{per: team, amount: {east: 3000000, west: 2000000}}"), reps=teams), top_down="5365000.01"
    ).reconciled
    assert found is not None
    assert [team.top_down for team in found.teams] == [321_900_001, 214_600_000]


@pytest.mark.parametrize(
    ("how", "reps", "manager", "left"),
    [
        pytest.param("new_business", (2_780_000, 2_585_000), 5_365_000, 635_000, id="new customers are to bring it"),
        pytest.param("manager", (2_780_000, 2_585_000), 6_000_000, 0, id="the manager carries it"),
    ],
)
def test_req_0_18_after_an_escalation_a_named_decision_lets_it_go_on(how: str, reps: tuple[int, int], manager: int, left: int):
    before = run(policy("{per: total, amount: 6000000}"))
    found = engine.reconcile(before, decision=Decision(how, "I. Solvang", "Board")).reconciled
    assert found is not None
    assert (whole(line(found, "ana").total), whole(line(found, "ben").total)) == reps
    assert (whole(line(found, "mia", "manager").total), whole(only(found).open)) == (manager, left)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param({"top_down": "0"}, "KR801", id="a figure of nothing"),
        pytest.param({"top_down": "-1"}, "KR801", id="a negative figure"),
        pytest.param({"top_down": "5.6M"}, "KR801", id="no number"),
        pytest.param({"top_down": "1.001"}, "KR801", id="less than a cent"),
        pytest.param({"sets": {"growth": "5%"}}, "KR806", id="an assumption that a target reads"),
        pytest.param({"sets": {"grwth": "5%"}}, "KR317", id="no assumption"),
        pytest.param({"decision": DECISION}, "KR808", id="nothing is escalated"),
        pytest.param({"decision": Decision("new_business", " ", "Board")}, "KR808", id="nobody decided"),
    ],
)
def test_what_cannot_be_looked_at_again_is_refused(options: dict[str, object], code: str):
    assumed = "growth:\n  2026-02-01: {value: 10%, source: s, approved_by: a}"
    found = policy(assumptions=assumed, targets=_targets())
    with pytest.raises(UsageError) as error:
        engine.reconcile(run(found), **options)  # type: ignore[arg-type]
    assert error.value.findings[0].code == code


def _targets() -> str:
    from tests.money.book import TARGETS

    return TARGETS.replace("mature: {target: 110%}", "mature: {target: 100% + growth}")


def test_a_run_without_reps_is_not_reconciled_and_says_what_it_takes():
    import datetime as dt

    from tests.money.book import frame

    plain = engine.run(policy(), frame(ACCOUNTS), as_of=dt.date(2026, 2, 1), witness=False)
    assert plain.reconciled is None
    with pytest.raises(UsageError, match="this run is not reconciled: its data name no reps"):
        engine.reconcile(plain)
    with pytest.raises(UsageError, match="KR807"):
        engine.explain(plain, "rep:ana")


@pytest.mark.parametrize("what", ["rep:anna", "team:east"])
def test_an_unknown_rep_or_team_is_told_with_the_nearest(what: str):
    with pytest.raises(UsageError, match="KR809"):
        engine.explain(run(policy()), what)
