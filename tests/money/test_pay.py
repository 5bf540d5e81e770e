"""What people are paid: EX-8 to the cent, every form and edge, and every fault by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import programme
from kam_rules.curves import forms, pays
from kam_rules.model.errors import DataError, PolicyError, UsageError
from kam_rules.model.pay import Assigned, Payout
from kam_rules.model.policy import Policy
from kam_rules.model.run import Run
from kam_rules.pipeline.check import check_text
from kam_rules.plans import kind, kinds
from kam_rules.reports.incentives import incentives as incentives_report
from kam_rules.reports.pay import pay as pay_report
from tests.money import book

CURVES = """
  p: {line: [{at: 80%, pays: 50%}, {at: 100%, pays: 100%}, {at: 120%, pays: 150%}]}
  r: {line: [{at: 90%, pays: 0%}, {at: 95%, pays: 50%}, {at: 100%, pays: 100%}, {at: 105%, pays: 150%}]}
  s: {step: [{at: 80%, pays: 50%}, {at: 100%, pays: 100%}]}
"""
UP = "direction: higher, attainment: actual / target"


def measure(id_: str, weight: int, curve: str = "p", how: str = UP, target: str = "results") -> str:
    return f"{{id: {id_}, weight: {weight}%, {how}, target: {target}, curve: {curve}}}"


def part(of: str, share: int, *measures: str, more: str = "") -> str:
    return f"{{of: {of}, share: {share}%, measures: [{', '.join(measures)}]{more}}}"


def plan(id_: str, kind_: str, *parts: str) -> str:
    return f"{{id: {id_}, kind: {kind_}, parts: [{', '.join(parts)}]}}"


LEAD = plan(
    "lead",
    "team_performance",
    part("team", 60, measure("revenue", 50), measure("growth", 20), measure("margin", 20), measure("csat", 10)),
    part("individual", 40, measure("opportunities", 50), measure("objectives", 30), measure("sow", 20)),
)
GATED = LEAD.replace("]}, {of: ind", "], gates: [{id: csat_gate, when: csat >= 111%, at_most: 100%, because: Unhappy}]}, {of: ind", 1)
CHURN = "direction: lower, attainment: target / actual"
GROW = plan(
    "grow",
    "portfolio",
    part("individual", 100, measure("growth", 40), measure("profit", 25), measure("wallet", 15), measure("up_sell", 10),
         measure("churn", 10, how=CHURN)),
)  # fmt: skip
KEEP = plan(
    "keep",
    "renewal",
    part("individual", 100, measure("grr", 50, "r"), measure("renewals", 20, "r"), measure("price", 10, "r"), measure("csat", 20, "r")),
)


def policy(*plans: str, assign: str = "", more: str = "", pays_on: str = "committed", curves: str = CURVES, **sections: str) -> Policy:
    """Return EX-4's policy with these plans; without `assign` everybody has the first."""
    first = plans[0].partition("id: ")[2].partition(",")[0]
    rules = assign or f"{{rules: [{{id: all, otherwise: true, plan: {first}}}]}}"
    listed = "".join(f"  - {one}\n" for one in plans)
    body = f"pays_on: {pays_on}\nclawback: recompute\ncurves:{curves}plans:\n{listed}assign: {rules}\n{more}"
    return book.policy(incentives=body, **sections)


Rows = Sequence[tuple[object, ...]]


def files(folder: Path, results: Rows, targets: Rows, basis: str = "opening_arr") -> Path:
    """Write the results and the target pay, and return the file that names them."""
    said = (
        f"results:\n  file: results.csv\n  basis: {basis}\n"
        "  columns: {person: person, measure: measure, actual: actual, target: target}\n"
        "target_pay:\n  file: pay.csv\n  columns: {person: person, target_incentive: ti, paid: paid}\n"
    )
    (folder / "pay.yaml").write_text(said, encoding="utf-8")
    lines = ["person,measure,actual,target", *(",".join(map(str, row)) for row in results)]
    (folder / "results.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["person,ti,paid", *(",".join(map(str, (*row, "")[:3])) for row in targets)]
    (folder / "pay.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "pay.yaml"


def run(found: Policy, **more: object) -> Run:
    """Decide the book of EX-4 with everybody in the same team; only ana and ben hold accounts."""
    return book.run(found, **more)  # type: ignore[arg-type]


ZERO = (("ben", 0), ("mia", 0))
NOTHING = {"ben": 100, "mia": 100}


def paid(folder: Path, found: Policy, results: Rows, targets: Rows) -> Payout:
    """Return what ana is paid; ben and mia get nothing and reach all."""
    rows = list(results)
    for person in NOTHING:
        rows += [(person, *row[1:]) for row in results if row[0] == "ana"]
    file = files(folder, rows, [*targets, *ZERO])
    return next(one for one in programme.pay(run(found), file).payouts if one.assigned.person == "ana")


def cents(payout: Payout) -> str:
    return f"{payout.amount / 100:.2f}"


TEAM = (("revenue", 104), ("growth", 95), ("margin", 100), ("csat", 110))
OWN = (("opportunities", 90), ("objectives", 100), ("sow", 130))
LEAD_RESULTS = (*(("team:total", name, actual, 100) for name, actual in TEAM), *(("ana", name, actual, 100) for name, actual in OWN))


# --- EX-8 ---------------------------------------------------------------------------------------------------------------


def test_ex_8a_team_performance(tmp_path: Path):
    """EX-8 a, requirement 3.2: 60/40, team 105% of 24,000 and individual 97.5% of 16,000."""
    found = paid(tmp_path, policy(LEAD), LEAD_RESULTS, [("ana", 40000)])
    assert [(part.pays, part.amount) for part in found.parts] == [(Fraction("1.05"), 25_200_00), (Fraction("0.975"), 15_600_00)]
    assert [one.pays for one in found.parts[0].earned] == [Fraction("1.1"), Fraction("0.875"), 1, Fraction("1.25")]
    assert cents(found) == "40800.00"


@pytest.mark.parametrize(
    ("gate", "payout"),
    [
        pytest.param("csat >= 110%", "40800.00", id="on the edge: passed"),
        pytest.param("csat > 110%", "39600.00", id="not passed: the team pays 100% at most"),
    ],
)
def test_ex_8a_with_a_gate(tmp_path: Path, gate: str, payout: str):
    """EX-8 a: with the satisfaction gate failed 24,000 + 15,600."""
    found = paid(tmp_path, policy(GATED.replace("csat >= 111%", gate)), LEAD_RESULTS, [("ana", 40000)])
    assert cents(found) == payout


@pytest.mark.parametrize(
    ("how", "payout"),
    [
        pytest.param("direction: lower, attainment: target / actual", "43000.00", id="target / actual: 80%"),
        pytest.param("direction: lower, attainment: 2 - actual / target", "40500.00", id="2 - actual / target: 75%, below the threshold"),
    ],
)
def test_ex_8b_portfolio(tmp_path: Path, how: str, payout: str):
    """EX-8 b, requirement 3.6: the same data, 2,500 apart by the form that the policy names."""
    results = (("growth", 106, 100), ("profit", 92, 100), ("wallet", 100, 100), ("up_sell", 75, 100), ("churn", 5, 4))
    found = paid(tmp_path, policy(GROW.replace(CHURN, how)), [("ana", *row) for row in results], [("ana", 50000)])
    assert cents(found) == payout


KEPT = (("grr", 90, 92), ("renewals", 18, 19), ("price", 100, 100), ("csat", 103, 100))


def test_ex_8c_renewal(tmp_path: Path):
    """EX-8 c: attainment is never rounded first; 97.83% would pay 5.87 more."""
    found = paid(tmp_path, policy(KEEP), [("ana", *row) for row in KEPT], [("ana", 30000)])
    assert cents(found) == "25381.24"
    assert found.parts[0].earned[0].attainment == Fraction(90, 92)
    rounded = pays("line", found.parts[0].earned[0].measure.curve.points, Fraction("0.9783"))
    assert 30000 * Fraction("0.5") * (rounded - found.parts[0].earned[0].pays) == pytest.approx(5.87, abs=0.005)


def test_ex_8c_with_a_renewal_cancelled(tmp_path: Path):
    """EX-8 c: GRR 88%, 22,120.37, and 3,260.87 of what was paid is asked back."""
    results = [("ana", "grr", 88, 92), *(("ana", *row) for row in KEPT[1:])]
    found = paid(tmp_path, policy(KEEP), results, [("ana", 30000, "25381.24")])
    assert (cents(found), found.due, found.clawback) == ("22120.37", 0, 3_260_87)
    kept = policy(KEEP)
    text = kept.sources[0].text.replace("clawback: recompute", "clawback: none")
    other = paid(tmp_path, check_text(text, kept.sources[0]), results, [("ana", 30000, "25381.24")])
    assert (other.due, other.clawback) == (0, 0)


def test_what_is_still_due_is_what_was_not_paid_before(tmp_path: Path):
    found = paid(tmp_path, policy(KEEP), [("ana", *row) for row in KEPT], [("ana", 30000, "25000")])
    assert (found.before, found.due, found.clawback) == (25_000_00, 381_24, 0)


# --- Curves -------------------------------------------------------------------------------------------------------------

P = ((Fraction("0.8"), Fraction("0.5")), (Fraction(1), Fraction(1)), (Fraction("1.2"), Fraction("1.5")))


@pytest.mark.parametrize(
    ("word", "attainment", "share"),
    [
        pytest.param("line", "0.7999", "0", id="below the threshold"),
        pytest.param("line", "0.8", "0.5", id="on the threshold"),
        pytest.param("line", "0.9", "0.75", id="between two points"),
        pytest.param("line", "1.2", "1.5", id="at the cap"),
        pytest.param("line", "9", "1.5", id="beyond the cap"),
        pytest.param("line", "-1", "0", id="below nothing"),
        pytest.param("step", "0.9999", "0.5", id="a step holds up to the next"),
        pytest.param("step", "1", "1", id="on a step"),
    ],
)
def test_a_curve_pays_nothing_below_its_threshold_and_no_more_than_its_cap(word: str, attainment: str, share: str):
    assert pays(word, P, Fraction(attainment)) == Fraction(share)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), min_size=2, max_size=6),
    st.fractions(0, 3),
    st.fractions(0, 3),
    st.sampled_from(forms()),
)
def test_more_attainment_never_pays_less(steps: list[tuple[int, int]], one: Fraction, other: Fraction, word: str):
    """Whatever the points, as long as they do not fall."""
    points, at, pay = [], Fraction(0), Fraction(0)
    for right, up in steps:
        at, pay = at + Fraction(right, 100), pay + Fraction(up, 100)
        points.append((at, pay))
    low, high = sorted((one, other))
    assert 0 <= pays(word, tuple(points), low) <= pays(word, tuple(points), high) <= points[-1][1]


# --- Shares, blends, modifiers ------------------------------------------------------------------------------------------


def test_a_blend_pays_its_plans_by_their_shares(tmp_path: Path):
    """Requirement 3.1: any blend of the three."""
    blend = "{id: both, kind: blend, blend: {keep: 25%, only: 75%}}"
    only = plan("only", "portfolio", part("individual", 100, measure("sow", 100)))
    results = [("ana", *row) for row in KEPT] + [("ana", "sow", 110, 100)]
    found = paid(tmp_path, policy(blend, KEEP, only), results, [("ana", 30000)])
    alone = paid(tmp_path, policy(KEEP), [("ana", *row) for row in KEPT], [("ana", 30000)])
    assert found.exact == Fraction(1, 4) * alone.exact + Fraction(3, 4) * 30_000_00 * Fraction(5, 4)
    assert sum(part.amount for part in found.parts) == found.amount


@pytest.mark.parametrize(("actual", "share"), [("119.9999", "1.499999"), ("120", "1.8")])
def test_a_modifier_multiplies_where_it_holds(tmp_path: Path, actual: str, share: str):
    more = ", modifiers: [{id: stretch, when: sow >= 120%, times: 120%, because: Beyond the course}]"
    one = plan("one", "portfolio", part("individual", 100, measure("sow", 100), more=more))
    found = paid(tmp_path, policy(one), [("ana", "sow", actual, 100)], [("ana", 10000)])
    assert found.parts[0].pays == pytest.approx(Fraction(share), abs=1e-5)


def test_an_actual_of_nothing_is_beyond_the_curve_where_less_is_better(tmp_path: Path):
    """The form target / actual rises without end; the curve does not pay more than its last point."""
    one = plan("one", "portfolio", part("individual", 100, measure("churn", 100, how=CHURN)))
    found = paid(tmp_path, policy(one), [("ana", "churn", 0, 4)], [("ana", 10000)])
    assert cents(found) == "15000.00"
    assert "actual is 0" in found.parts[0].earned[0].note


@pytest.mark.parametrize(
    ("pays_on", "target"),
    [
        pytest.param("committed", 2_780_000, id="what the accounts were asked for"),
        pytest.param("total", 2_901_771, id="with the supplement"),
    ],
)
def test_pays_on_says_which_quota_is_meant(tmp_path: Path, pays_on: str, target: int):
    """EX-5: Ana's committed quota is 2,780,000, with her part of the supplement 2,901,771."""
    one = plan("one", "portfolio", part("individual", 100, measure("quota", 100, target="quota")))
    found = paid(tmp_path, policy(one, pays_on=pays_on), [("ana", "quota", 2780000, "")], [("ana", 10000)])
    (earned,) = found.parts[0].earned
    assert earned.target == target
    assert earned.attainment == Fraction(2780000, target)
    assert pays_on in earned.target_from


def test_a_team_is_held_against_the_quota_of_the_team(tmp_path: Path):
    one = plan("one", "portfolio", part("team", 100, measure("quota", 100, target="quota")))
    found = paid(tmp_path, policy(one), [("team:total", "quota", 5365000, "")], [("ana", 10000)])
    assert found.parts[0].earned[0].attainment == 1


@settings(max_examples=40)
@given(st.integers(0, 10**9), st.lists(st.integers(0, 200), min_size=3, max_size=3))
def test_the_parts_of_a_payout_add_up_to_it(tmp_path_factory: pytest.TempPathFactory, incentive: int, actuals: list[int]):
    """Whatever the incentive and the results, in cents."""
    lead = plan("two", "team_performance", part("team", 33, measure("a", 100)), part("individual", 67, measure("b", 50), measure("c", 50)))
    results = [("team:total", "a", actuals[0], 100), ("ana", "b", actuals[1], 100), ("ana", "c", actuals[2], 100)]
    found = paid(tmp_path_factory.mktemp("p"), policy(lead), results, [("ana", f"{incentive / 100:.2f}")])
    assert sum(part.amount for part in found.parts) == found.amount
    assert abs(found.amount - found.exact) <= Fraction(1, 2)


# --- Who has which plan -------------------------------------------------------------------------------------------------

TWO = "{{rules: [{{id: saved, when: {when}, plan: keep, because: More to keep}}, {{id: others, otherwise: true, plan: grow}}]}}"


def who(found: Policy, **more: object) -> dict[str, Assigned]:
    return {one.person: one for one in programme.plans(run(found, **more))}


@pytest.mark.parametrize(
    ("when", "ana", "ben"),
    [
        pytest.param("at_risk_share >= 28%", "grow", "keep", id="ben's book is exactly 28% at risk"),
        pytest.param("at_risk_share > 28%", "grow", "grow", id="past the edge"),
        pytest.param('role = "rep" and accounts = 3', "keep", "keep", id="role and accounts"),
        pytest.param("base > 2500000", "grow", "grow", id="base: both have 2,500,000"),
        pytest.param("par >= 111.2%", "keep", "grow", id="par: ana's is 111.2%"),
        pytest.param("t1_share = 100%", "grow", "grow", id="a share by tier"),
        pytest.param("team_size >= 2", "keep", "keep", id="the team's size"),
    ],
)
def test_a_plan_is_assigned_by_the_facts_of_the_book(when: str, ana: str, ben: str):
    """Article 003, requirement 3.4 and 3.5: use when; the facts come from the run."""
    found = who(policy(GROW, KEEP, assign=TWO.format(when=when)))
    assert (found["ana"].plan, found["ben"].plan) == (ana, ben)
    assert set(found) == {"ana", "ben", "mia"}


def test_a_manager_is_assigned_by_all_that_stands_below():
    found = who(policy(GROW, KEEP, assign=TWO.format(when='role = "manager" and at_risk_share = 24%')))
    assert found["mia"].plan == "keep"
    assert found["mia"].facts["accounts"] == 6


@pytest.mark.parametrize(
    ("fit", "unfit"),
    [
        pytest.param("{growth: [high_potential], risk: [at_risk], from: 28%}", {"ben": "risk"}, id="Portfolio on a book at risk"),
        pytest.param("{growth: [high_potential], risk: [at_risk], from: 28.01%}", {}, id="below the share"),
    ],
)
def test_a_portfolio_plan_on_a_book_at_risk_is_told(fit: str, unfit: dict[str, str]):
    """Requirement 3.7."""
    found = who(policy(GROW, more=f"fit: {fit}"))
    assert {person: "risk" for person, one in found.items() if one.unfit} == unfit


def test_a_renewal_plan_on_a_book_of_growth_is_told():
    """Requirement 3.7: ana's base is 48% High Potential."""
    found = who(policy(KEEP, more="fit: {growth: [high_potential], risk: [at_risk], from: 48%}"))
    assert found["ana"].unfit == ("the Renewal plan 'keep' on a book of which 48% can grow",)
    assert found["ben"].unfit == ()


@pytest.mark.parametrize("name", kinds())
def test_every_kind_says_what_it_is_for_and_against_in_our_own_words(name: str):
    """Requirement 3.1: use when, pros and cons; marked as ours."""
    found = kind(name)
    assert found.USE_WHEN
    assert found.PROS
    assert found.CONS
    report = incentives_report(run(policy(GROW, KEEP, assign=TWO.format(when="at_risk_share > 50%"))))
    assert any("our own words" in line for block in report.blocks if block.key == "ours" for line in block.lines)  # type: ignore[union-attr]


# --- What is at fault ---------------------------------------------------------------------------------------------------

ONE = plan("one", "portfolio", part("individual", 100, measure("sow", 100)))
FINE = (("ana", "sow", 100, 100), ("ben", "sow", 100, 100), ("mia", "sow", 100, 100))
PAY = (("ana", 100), ("ben", 100), ("mia", 100))


@pytest.mark.parametrize(
    ("results", "targets", "message"),
    [
        pytest.param(
            (*FINE, ("eve", "sow", 1, 1)), PAY, "KR551 results.csv row 5, column 'person', 'eve': 'eve' is nobody", id="a stranger"
        ),
        pytest.param((*FINE, ("team:west", "sow", 1, 1)), PAY, "KR551 results.csv row 5, column 'person', 'team:west'", id="no such team"),
        pytest.param(FINE, (*PAY, ("eve", 1)), "KR551 pay.csv row 5, column 'person', 'eve'", id="a stranger is to be paid"),
        pytest.param(
            (*FINE, ("ana", "sow", 101, 100)), PAY, "KR552 results.csv row 5, column 'measure', 'sow': ana sow", id="a result twice"
        ),
        pytest.param(FINE, (*PAY, ("ana", 7)), "KR552 pay.csv row 5, column 'person', 'ana'", id="an incentive twice"),
        pytest.param(FINE[:2], PAY, "KR554 there is no result for mia in sow", id="no result"),
        pytest.param(
            (*FINE[:2], ("mia", "sow", 1, "")), PAY, "KR554 results.csv row 4, column 'target': sow has no target", id="no target"
        ),
        pytest.param(FINE, PAY[:2], "KR557 pay.csv has no row for mia", id="no target incentive"),
        pytest.param((*FINE, ("ana", "swo", 1, 1)), PAY, "KR558 results.csv row 5, column 'measure', 'swo'", id="no such measure"),
        pytest.param((*FINE[:2], ("mia", "sow", 1, 0)), PAY, "KR559 results.csv row 4, column 'actual'", id="a target of nothing"),
    ],
)
def test_nobody_is_paid_while_a_row_is_at_fault(tmp_path: Path, results: Rows, targets: Rows, message: str):
    with pytest.raises(DataError) as error:
        programme.pay(run(policy(ONE)), files(tmp_path, results, targets))
    assert any(message in f"{finding.code} {finding.message}" for finding in error.value.findings), error.value


def test_the_neighbour_without_a_fault_is_paid(tmp_path: Path):
    assert len(programme.pay(run(policy(ONE)), files(tmp_path, FINE, PAY)).payouts) == 3


def test_results_on_another_basis_are_refused(tmp_path: Path):
    with pytest.raises(DataError, match="KR453 the results count trailing_12m"):
        programme.pay(run(policy(ONE)), files(tmp_path, FINE, PAY, basis="trailing_12m"))


def test_all_faults_are_told_at_once(tmp_path: Path):
    with pytest.raises(DataError) as error:
        programme.pay(run(policy(ONE)), files(tmp_path, [("eve", "swo", 1, 1), ("ana", "sow", 1, 0)], PAY[:1], basis="contracted"))
    assert {finding.code for finding in error.value.findings} >= {"KR453", "KR551", "KR557", "KR558", "KR559"}


def test_a_person_with_two_plans_is_not_paid(tmp_path: Path):
    assign = "{hit: unique, rules: [{id: a, when: accounts >= 3, plan: one}, {id: b, when: base >= 2500000, plan: grow}]}"
    with pytest.raises(DataError, match=r"KR555 .*'a' and 'b' give it a plan each"):
        programme.pay(run(policy(ONE, GROW, assign=assign)), files(tmp_path, FINE, PAY))


def test_a_person_with_no_plan_is_not_paid(tmp_path: Path):
    assign = "{rules: [{id: a, when: accounts > 3, plan: one}]}"
    with pytest.raises(DataError, match=r"KR555 .*no rule of assign takes it"):
        programme.pay(run(policy(ONE, assign=assign)), files(tmp_path, FINE, PAY))


def test_a_target_beside_the_run_s_quota_is_refused(tmp_path: Path):
    one = ONE.replace("target: results", "target: quota")
    with pytest.raises(DataError, match="KR556"):
        programme.pay(run(policy(one)), files(tmp_path, FINE, PAY))


def test_an_escalated_team_has_no_quota_to_be_paid_by(tmp_path: Path):
    one = ONE.replace("target: results", "target: quota")
    found = policy(one, pays_on="total", top_down="{per: total, amount: 6000000}")
    with pytest.raises(DataError, match="KR550 ana has no quota in the run"):
        programme.pay(run(found), files(tmp_path, [(name, "sow", 1, "") for name, _ in PAY], PAY))


def test_a_policy_without_incentives_pays_nobody(tmp_path: Path):
    with pytest.raises(UsageError, match="KR550"):
        programme.pay(run(book.policy()), files(tmp_path, FINE, PAY))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("pays: 100%}, {at: 120%, pays: 150%}", "pays: 100%}, {at: 120%, pays: 99%}", "KR640", id="a curve that falls"),
        pytest.param("{at: 100%, pays: 100%}, {at: 120%", "{at: 99%, pays: 100%}, {at: 120%", "KR640", id="nothing said of 100%"),
        pytest.param("{at: 100%, pays: 100%}, {at: 120%", "{at: 120%, pays: 100%}, {at: 100%", "KR303", id="points that do not rise"),
        pytest.param(UP, "direction: lower, attainment: actual / target", "KR641", id="a form that does not fit its direction"),
        pytest.param(UP, "attainment: actual / target", "KR102", id="a measure without direction"),
        pytest.param("weight: 100%, direction", "weight: 90%, direction", "KR642", id="weights that do not sum"),
        pytest.param("share: 100%", "share: 110%", "KR642", id="shares that do not sum"),
        pytest.param("kind: portfolio", "kind: team_performance", "KR643", id="Team Performance of one part"),
        pytest.param("plan: one", "plan: two", "KR311", id="no such plan"),
        pytest.param("curve: p", "curve: q", "KR311", id="no such curve"),
        pytest.param("rules: [{id: all, otherwise: true", "rules: [{id: all, when: wallet > 3", "KR202", id="no fact of a book"),
        pytest.param("pays_on: committed\n", "", "KR102", id="nothing said of the quota"),
        pytest.param("clawback: recompute\n", "", "KR102", id="nothing said of clawback"),
    ],
)
def test_a_policy_that_pays_wrongly_is_refused(old: str, new: str, code: str):
    """Requirement 3.8 and the bad inputs; the policy with the old words is the neighbour that passes."""
    found = policy(ONE)
    text = found.sources[0].text
    indented = text.replace(old.replace("\n", "\n  "), new, 1)
    assert indented != text
    with pytest.raises(PolicyError) as error:
        check_text(indented, found.sources[0])
    assert code in {finding.code for finding in error.value.findings}


def test_a_plan_that_nobody_can_have_is_refused():
    with pytest.raises(PolicyError, match="KR644 nobody can have the plan 'grow'"):
        policy(ONE, GROW)


def test_a_blend_of_a_blend_is_refused():
    with pytest.raises(PolicyError, match="KR643 'two' is a blend itself"):
        policy("{id: two, kind: blend, blend: {two: 50%, one: 50%}}", ONE)


def test_a_payout_is_told_down_to_rule_measure_and_cell(tmp_path: Path):
    """Requirement 3.8: a reader who has nothing else can reckon it again."""
    found = run(policy(ONE))
    report = pay_report(found, programme.pay(found, files(tmp_path, FINE, PAY)), "ana")
    (part_,) = [block for block in report.blocks if block.key == "sources"]
    row = dict(zip([c.key for c in part_.columns], part_.rows[0], strict=True))  # type: ignore[union-attr]
    assert row["actual_from"] == "results.csv row 2, column 'actual'"
    assert str(row["where"]).startswith("policy.yaml:")
    with pytest.raises(UsageError, match="KR551"):
        pay_report(found, programme.pay(found, files(tmp_path, FINE, PAY)), "eve")
