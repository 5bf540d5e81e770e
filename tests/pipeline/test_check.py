"""What is known of a policy before and at a run: figures proved on every date, the day decided for, and the articles' limits."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from kam_rules import engine
from kam_rules.model.errors import KamError, PolicyError, UsageError
from kam_rules.model.policy import Policy, Source
from kam_rules.model.tree import Value
from kam_rules.pipeline.check import check, check_text
from kam_rules.pipeline.compile import compile_policy, effective_on
from tests.generators import outcomes, policy_text, rules_of, run_case, write_case

DAY = dt.date.fromisoformat
AS_OF = DAY("2026-01-31")
FIRST, LAST = DAY("2026-02-01"), DAY("2027-01-31")
STATES = """
    inputs: {maturity: health, penetration: headroom, potential: headroom}
    if_unknown: hold
    rules:
      - {id: at_risk, when: health < 50, because: Serious work to retain}
      - {id: high_potential, when: headroom >= 250000, because: Room to grow}
      - {id: mature, otherwise: true, because: Solid}
    """
ACCOUNTS = [
    {"account_id": "risk", "base_revenue": "1000", "points": "50", "health": "40", "headroom": "0"},
    {"account_id": "high", "base_revenue": "1000", "points": "50", "health": "60", "headroom": "250000"},
    {"account_id": "solid", "base_revenue": "1000", "points": "50", "health": "60", "headroom": "249999.99"},
]


def inflation(**by_day: str) -> str:
    """Return the assumption with its values: _2026_02_01="5%"."""
    lines = (f"{day.strip('_').replace('_', '-')}: {{value: {value}, source: Finance, approved_by: cfo}}" for day, value in by_day.items())
    return "inflation:\n" + "".join(f"  {line}\n" for line in lines)


def targets(
    *,
    at_risk: str = "{floor: 70%, target: 80%, aspirational: 100%}",
    high: str = "{target: 125%}",
    mature: str = "{target: 100% + inflation + 5%}",
    more: str = "",
) -> str:
    """Return the targets section with these figures."""
    return f"""
        base: {{field: base_revenue, basis: opening_arr}}
        plausible: [0%, 300%]
        by_state: {{at_risk: {at_risk}, high_potential: {high}, mature: {mature}}}
        zero_base: {{lapsed_when: known(since), prospect: none, lapsed: none}}
        {more}"""


def policy(assumptions: str | None = None, figures: str | None = None, **sections: str) -> Policy:
    """Check the small policy with three states."""
    sections = {"assumptions": assumptions or inflation(_2026_02_01="5%"), "states": STATES, "targets": figures or targets()} | sections
    return check_text(policy_text(**sections), Source("policy.yaml", ""))


def codes(assumptions: str | None = None, figures: str | None = None, **sections: str) -> list[str]:
    """Return the codes of a policy's faults, none where it is right."""
    try:
        policy(assumptions, figures, **sections)
    except PolicyError as error:
        return [finding.code for finding in error.findings]
    return []


def nrr(
    folder: Path,
    assumptions: str | None = None,
    figures: str | None = None,
    *,
    on: dt.date | None = None,
    sets: dict[str, str] | None = None,
) -> dict[str, Value]:
    """Decide the three accounts and return the target of each as a ratio."""
    assumptions = assumptions or inflation(_2026_02_01="5%")
    run = run_case(folder, ACCOUNTS, effective_on=on, sets=sets, assumptions=assumptions, states=STATES, targets=figures or targets())
    return {id_: row["target_nrr"] for id_, row in outcomes(run).items()}


# --- Requirements of article 000 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "target"), [("0%", "1.05"), ("3%", "1.08"), ("5%", "1.10"), ("-1%", "1.04"), ("0.0001%", "1.050001")])
def test_req_0_13_inflation_plus_five_is_the_target_of_mature_accounts(tmp_path: Path, rate: str, target: str) -> None:
    """Percent changes add: 100% + 5% + 5% = 110%."""
    assert nrr(tmp_path, inflation(_2026_02_01=rate))["solid"] == Fraction(target)


@pytest.mark.parametrize("rate", ["0%", "3%", "-1%"])
def test_req_0_13_changing_inflation_moves_only_mature_accounts(tmp_path: Path, rate: str) -> None:
    """By the policy's own figure or by one set for a run alone, the result is the same."""
    before, written, tried = nrr(tmp_path), nrr(tmp_path, inflation(_2026_02_01=rate)), nrr(tmp_path, sets={"inflation": rate})
    assert written == tried
    assert {id_ for id_ in before if before[id_] != written[id_]} == {"solid"}


@pytest.mark.parametrize(("figure", "target"), [("80%", "0.8"), ("75%", "0.75"), ("0%", "0"), ("0.0001%", "0.000001")])
def test_req_0_9_an_at_risk_target_of_80_percent_or_even_lower_is_accepted(tmp_path: Path, figure: str, target: str) -> None:
    assert nrr(tmp_path, figures=targets(at_risk=f"{{target: {figure}}}"))["risk"] == Fraction(target)


def test_req_0_9_an_aspiration_above_100_percent_is_never_the_target(tmp_path: Path) -> None:
    figures = targets(at_risk="{floor: 70%, target: 80%, aspirational: 120%}")
    found = outcomes(run_case(tmp_path, ACCOUNTS, assumptions=inflation(_2026_02_01="5%"), states=STATES, targets=figures))["risk"]
    assert (found["target_amount"], found["aspirational_amount"]) == (800, 1200)


@pytest.mark.parametrize(("figure", "target"), [("125%", "1.25"), ("140%", "1.4"), ("300%", "3")])
def test_req_0_11_a_high_potential_target_of_125_percent_or_even_higher_is_accepted(tmp_path: Path, figure: str, target: str) -> None:
    assert nrr(tmp_path, figures=targets(high=f"{{target: {figure}}}"))["high"] == Fraction(target)


@pytest.mark.parametrize(
    "figures",
    [
        pytest.param(targets(mature="{target: 1112%}"), id="a target"),
        pytest.param(targets(mature="{target: 100%, aspirational: 1112%}"), id="an aspiration"),
        pytest.param(targets(mature="{floor: 1112%, target: 1112%}"), id="a floor"),
        pytest.param(targets(more="baselines: {uniform: 1112%}"), id="the uniform baseline"),
    ],
)
def test_req_0_3_1112_percent_is_refused_with_the_hint_112(figures: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy(figures=figures)
    assert {finding.code for finding in caught.value.findings} == {"KR306"}
    assert all("112%" in finding.fix for finding in caught.value.findings)


@pytest.mark.parametrize(
    ("figure", "found"),
    [
        pytest.param("0%", [], id="on the lower end"),
        pytest.param("300%", [], id="on the upper end"),
        pytest.param("300.0001%", ["KR306"], id="just above"),
        pytest.param("-0.0001%", ["KR306"], id="just below"),
        pytest.param("100% + 40 * inflation", [], id="worked out, on the upper end"),
        pytest.param("100% + 41 * inflation", ["KR306"], id="worked out, above"),
    ],
)
def test_req_0_3_what_is_plausible_has_inclusive_ends(figure: str, found: list[str]) -> None:
    assert codes(figures=targets(mature=f"{{target: {figure}}}")) == found


@pytest.mark.parametrize(
    "baselines", ["{industry: {Retail: 301%, otherwise: 108%}}", "{industry: {Retail: 108%, otherwise: 301%}}", "{uniform: 61 * inflation}"]
)
def test_req_0_3_a_baseline_that_is_not_plausible_is_refused(baselines: str) -> None:
    fields = """
        base_revenue: {type: money, required: true, min: 0}
        points: {type: number}
        health: {type: number}
        headroom: {type: money}
        since: {type: date}
        industry: {type: category, values: [Retail, Health]}
        """
    assert codes(figures=targets(more=f"baselines: {baselines}"), fields=fields) == ["KR306"]


# --- Floor, target, aspiration ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        pytest.param("{floor: 80%, target: 80%, aspirational: 80%}", [], id="all alike"),
        pytest.param("{floor: 80.0001%, target: 80%}", ["KR305"], id="a floor just above the target"),
        pytest.param("{target: 80%, aspirational: 79.9999%}", ["KR305"], id="an aspiration just below the target"),
        pytest.param("{floor: 0%, target: 0%}", [], id="nothing asked"),
        pytest.param("{target: 80%}", [], id="a target alone"),
    ],
)
def test_floor_target_and_aspiration_stand_in_this_order(figures: str, found: list[str]) -> None:
    assert codes(figures=targets(at_risk=figures)) == found


FLOOR_108 = targets(mature="{floor: 108%, target: 100% + inflation + 5%}")


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        pytest.param({"_2026_02_01": "3%"}, [], id="on the floor"),
        pytest.param({"_2026_02_01": "2.9999%"}, ["KR305"], id="just below it on the first day"),
        pytest.param({"_2026_02_01": "5%", "_2026_08_01": "2%"}, ["KR305"], id="below it from a later day on"),
        pytest.param({"_2026_08_01": "2%", "_2026_02_01": "5%"}, ["KR305"], id="in whatever order the days are written"),
        pytest.param({"_2026_02_01": "5%", "_2027_01_31": "2%"}, ["KR305"], id="below it on the last day"),
        pytest.param({"_2026_02_01": "5%", "_2027_02_01": "2%"}, [], id="after the year nobody asks"),
        pytest.param({"_2025_01_01": "1%", "_2026_02_01": "5%"}, [], id="before the year nobody asks"),
        pytest.param({"_2025_01_01": "1%"}, ["KR305"], id="an old value still holds on the first day"),
    ],
)
def test_floor_below_target_is_proved_on_each_date_of_the_year(dates: dict[str, str], found: list[str]) -> None:
    assert codes(inflation(**dates), FLOOR_108) == found


@pytest.mark.parametrize(("rate", "found"), [("3%", ""), ("2.9999%", "KR305"), ("-6%", "KR305"), ("195%", ""), ("195.0001%", "KR306")])
def test_floor_below_target_is_proved_again_for_what_is_set_for_a_run(rate: str, found: str) -> None:
    checked = policy(figures=FLOOR_108)
    if not found:
        assert compile_policy(checked, AS_OF, sets={"inflation": rate}).sets == {"inflation": rate}
        return
    with pytest.raises(PolicyError) as caught:
        compile_policy(checked, AS_OF, sets={"inflation": rate})
    assert [finding.code for finding in caught.value.findings] == [found]


# --- Assumptions by date ----------------------------------------------------------------------------------------------

TWO_RATES = inflation(_2026_02_01="5%", _2026_08_01="3%")


@pytest.mark.parametrize(
    ("on", "target"),
    [
        pytest.param(FIRST, "1.10", id="the first day"),
        pytest.param(DAY("2026-07-31"), "1.10", id="the last day of the first value"),
        pytest.param(DAY("2026-08-01"), "1.08", id="the first day of the second value"),
        pytest.param(LAST, "1.08", id="the last day"),
        pytest.param(None, "1.10", id="no day asked: data from before the year counts for its first day"),
    ],
)
def test_an_assumption_holds_from_its_date_until_the_next(tmp_path: Path, on: dt.date | None, target: str) -> None:
    assert nrr(tmp_path, TWO_RATES, on=on)["solid"] == Fraction(target)


@pytest.mark.parametrize(
    ("first", "found"),
    [("2026-02-01", []), ("2025-12-31", []), ("2026-02-02", ["KR315"])],
    ids=["on the first day", "before it", "a day late"],
)
def test_an_assumption_has_a_value_on_the_first_day(first: str, found: list[str]) -> None:
    assert codes(inflation(**{"_" + first.replace("-", "_"): "5%"})) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [("5%", []), ("5 %", []), ("-1%", []), ("5", ["KR205"]), ("five", ["KR105"]), ("5.00001%", ["KR105"]), ("250000 USD", ["KR205"])],
)
def test_an_assumption_has_a_unit(value: str, found: list[str]) -> None:
    """A bare 5 is a number, and 100% + 5 has no unit in common."""
    assert codes(inflation(_2026_02_01=value)) == found


def test_all_values_of_an_assumption_have_one_unit() -> None:
    assert "KR212" in codes(inflation(_2026_02_01="5%", _2026_08_01="3"))


@pytest.mark.parametrize(
    ("sets", "code"),
    [
        pytest.param({"inflaton": "5%"}, "KR317", id="no such assumption"),
        pytest.param({"health": "5"}, "KR317", id="a field is no assumption"),
        pytest.param({"inflation": "5"}, "KR317", id="another unit"),
        pytest.param({"inflation": "abc"}, "KR317", id="no figure"),
        pytest.param({"inflation": ""}, "KR317", id="nothing"),
        pytest.param({"inflation": "3.33333%"}, "KR317", id="more decimals than a literal has"),
    ],
)
def test_only_a_known_assumption_is_set_and_in_its_unit(sets: dict[str, str], code: str) -> None:
    with pytest.raises(UsageError) as caught:
        compile_policy(policy(), AS_OF, sets=sets)
    assert [finding.code for finding in caught.value.findings] == [code]


def test_what_is_set_for_a_run_replaces_the_value_of_every_date() -> None:
    ready = compile_policy(policy(TWO_RATES), AS_OF, DAY("2026-08-01"), {"inflation": "4%"})
    assert ready.assumed["inflation"].value == Fraction(4, 100)
    assert ready.sets == {"inflation": "4%"}


# --- The day decided for ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "asked", "day"),
    [
        pytest.param("2026-01-31", None, "2026-02-01", id="data from the day before: the first day"),
        pytest.param("2020-01-31", None, "2026-02-01", id="data from long before: the first day"),
        pytest.param("2026-02-01", None, "2026-02-01", id="data of the first day"),
        pytest.param("2026-06-30", None, "2026-06-30", id="data from inside the year: its own day"),
        pytest.param("2027-01-31", None, "2027-01-31", id="data of the last day"),
        pytest.param("2026-06-30", "2026-09-30", "2026-09-30", id="the day asked for wins"),
        pytest.param("2026-06-30", "2026-02-01", "2026-02-01", id="even where it lies before the data"),
    ],
)
def test_the_day_decided_for(as_of: str, asked: str | None, day: str) -> None:
    assert effective_on(policy(), DAY(as_of), DAY(asked) if asked else None) == DAY(day)


@pytest.mark.parametrize(
    ("as_of", "asked"), [("2027-02-01", None), ("2026-06-30", "2026-01-31"), ("2026-06-30", "2027-02-01"), ("2030-01-01", "2027-02-01")]
)
def test_a_day_outside_the_year_is_an_error(as_of: str, asked: str | None) -> None:
    with pytest.raises(PolicyError) as caught:
        effective_on(policy(), DAY(as_of), DAY(asked) if asked else None)
    assert [finding.code for finding in caught.value.findings] == ["KR318"]


def test_day_counts_go_by_the_day_of_the_data_not_by_the_day_decided_for(tmp_path: Path) -> None:
    states = STATES.replace("health < 50", '"days(as_of, since) <= 30"')
    rows = [ACCOUNTS[0] | {"account_id": str(days), "since": str(AS_OF + dt.timedelta(days))} for days in (29, 30, 31)]
    run = run_case(
        tmp_path, rows, effective_on=DAY("2026-12-31"), assumptions=inflation(_2026_02_01="5%"), states=states, targets=targets()
    )
    assert {id_: row["state"] for id_, row in outcomes(run).items()} == {"29": "at_risk", "30": "at_risk", "31": "mature"}
    assert (run.ready.as_of, run.ready.effective_on) == (AS_OF, DAY("2026-12-31"))


def test_the_first_and_the_last_day_may_be_one(tmp_path: Path) -> None:
    run = run_case(tmp_path, [ACCOUNTS[0]], effective="{from: 2026-02-01, to: 2026-02-01}", fiscal_year="FY2026")
    assert run.ready.effective_on == FIRST


# --- Requirements of article 001 --------------------------------------------------------------------------------------


def criteria(weights: list[str]) -> str:
    """Return that many criteria."""
    tags = "purpose: long_term_growth, kind: quantitative, about: customer, horizon: future, measure: points, if_missing: zero"
    return "\n".join(f"- {{id: c{i}, weight: {weight}, {tags}, line: {{worst: 0, best: 100}}}}" for i, weight in enumerate(weights)) + "\n"


@pytest.mark.parametrize(("count", "found"), [(1, []), (10, []), (11, ["KR302"]), (12, ["KR302"])], ids=["one", "ten", "eleven", "twelve"])
def test_req_1_8_ten_criteria_pass_and_eleven_fail(count: int, found: list[str]) -> None:
    each = 100 // count
    weights = [f"{each}%"] * (count - 1) + [f"{100 - each * (count - 1)}%"]
    assert codes(criteria=criteria(weights)) == found


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        (["60%", "40%"], []),
        (["60%", "39.9999%"], ["KR301"]),
        (["60%", "40.0001%"], ["KR301"]),
        (["100%", "0%"], ["KR301"]),
        (["101%", "-1%"], ["KR301"]),
        (["33.3333%", "33.3333%", "33.3334%"], []),
    ],
)
def test_req_1_11_weights_differ_and_sum_to_100_percent(weights: list[str], found: list[str]) -> None:
    assert codes(criteria=criteria(weights)) == found


@pytest.mark.parametrize(
    ("willing", "true", "unknown"),
    [("yes", ("willingness",), ()), ("no", (), ()), (None, (), ("willingness",)), ("maybe", (), ("willingness",))],
    ids=["passed", "failed", "unanswered", "no answer that can be read"],
)
def test_req_1_6_an_unanswered_gate_is_not_passed_and_told_apart_from_a_failed_one(
    tmp_path: Path, willing: str | None, true: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    gates = "- {id: willingness, ask: Will they partner, when: willing, because: Article 001}"
    row = {"account_id": "a", "base_revenue": "1", "points": "70", "health": "60", "willing": willing}
    run = run_case(tmp_path, [row], gates=gates)
    assert rules_of(run, "a", "gates") == (true, unknown)
    assert outcomes(run)["a"]["tier"] == ("t1" if true else "not_qualified")


# --- What else a check proves -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sections", "code"),
    [
        pytest.param({"policy": ""}, "KR102", id="a policy has a name"),
        pytest.param({"definition": "{is: A customer, they_bring: Growth}"}, "KR102", id="req 4.1: all three parts of the definition"),
        pytest.param({"effective": "{from: 2026-02-01, to: 2026-01-31}"}, "KR314", id="the last day lies not before the first"),
        pytest.param({"effective": "{from: 2026-02-30, to: 2027-01-31}"}, "KR105", id="a day of the calendar"),
        pytest.param({"metrics": "a: {type: money, is: b}\nb: {type: money, is: a}\n"}, "KR308", id="metrics in a circle"),
        pytest.param({"metrics": "a: {type: ratio, is: headroom}\n"}, "KR212", id="a metric of another type"),
        pytest.param({"metrics": "health: {type: number, is: points}\n"}, "KR307", id="a name given twice"),
        pytest.param({"metrics": "score: {type: number, is: points}\n"}, "KR307", id="a word of the language"),
        pytest.param({"states": STATES.replace("id: mature", "id: own")}, "KR307", id="own is no state: it names the agreed target"),
        pytest.param({"states": STATES.replace("id: mature", "id: prospect")}, "KR307", id="a built-in state"),
        pytest.param({"gates": "- {id: g, ask: Q, when: score > 5, because: b}"}, "KR211", id="a gate reads no score"),
        pytest.param({"targets": targets(mature="{target: health}")}, "KR211", id="a target reads no field of an account"),
        pytest.param({"targets": targets(mature="{target: 1.1}")}, "KR212", id="a target is a percent"),
        pytest.param({"targets": targets().replace("mature:", "matur:")}, "KR312", id="a target for a state that no rule gives"),
        pytest.param({"nominations": "{sales: [A1]}"}, "KR109", id="what stands in another file is refused, never ignored"),
        pytest.param({"tierz": "{rules: []}"}, "KR101", id="an unknown section"),
        pytest.param({"scoring": "{min_coverage: 101%, round: 2}"}, "KR106", id="coverage up to 100%"),
        pytest.param({"scoring": "{min_coverage: 70%, round: 7}"}, "KR106", id="at most six decimals"),
        pytest.param({"limits": "{key_tiers: [t9]}"}, "KR311", id="a key tier that is none"),
    ],
)
def test_a_faulty_policy_is_refused(sections: dict[str, str], code: str) -> None:
    figures = sections.pop("targets", None)
    assert code in codes(figures=figures, **sections)


@pytest.mark.parametrize(("base", "found"), [("{type: money, required: true, min: 0}", []), ("{type: money, required: true, min: 1}", [])])
def test_the_base_of_every_target_is_required_and_never_negative(base: str, found: list[str]) -> None:
    fields = f"""
        base_revenue: {base}
        points: {{type: number}}
        health: {{type: number}}
        headroom: {{type: money}}
        since: {{type: date}}
        """
    assert codes(fields=fields) == found
    for wrong in ("required: false", "min: -1"):
        key = wrong.split(":", maxsplit=1)[0]
        changed = ", ".join(wrong if part.startswith(key) else part for part in base.strip("{}").split(", "))
        assert "KR309" in codes(fields=fields.replace(base, f"{{{changed}}}"))


def test_every_fault_is_told_at_once() -> None:
    found = codes(figures=targets(mature="{target: 1112%}"), criteria=criteria(["50%"]), scoring="{min_coverage: 101%, round: 2}")
    assert {"KR301", "KR106"} <= set(found)


def test_a_checked_policy_runs_like_its_file(tmp_path: Path) -> None:
    path, data = write_case(tmp_path, ACCOUNTS, assumptions=inflation(_2026_02_01="5%"), states=STATES, targets=targets())
    checked = check(path)
    assert engine.run(checked, data).table.frame().equals(engine.run(path, data).table.frame())


def test_every_error_has_findings_with_code_and_place() -> None:
    with pytest.raises(KamError) as caught:
        policy(figures=targets(mature="{target: 1112%}"))
    assert all(finding.code.startswith("KR") and finding.where and finding.where.line for finding in caught.value.findings)
