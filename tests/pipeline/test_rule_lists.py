"""Rule lists: hit policies with unknowns, one state for each account, and the target that follows from it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kam_rules.backends.reference import judge
from kam_rules.model.outcome import Verdict
from kam_rules.model.program import Hit, Rule, RuleList
from kam_rules.model.run import Run
from kam_rules.model.tree import TRUE, Value
from tests.generators import outcomes, rules_of, run_case

Account = dict[str, str | None]
SIGNS: dict[str, Value] = {"1": True, "0": False, "?": None}
ACCOUNT: Account = {"account_id": "a", "base_revenue": "1000", "points": "70", "health": "60", "willing": "yes", "headroom": "5"}
ALIKE = "{target: 100%}"


def verdict(hit: Hit, if_unknown: str, truths: str) -> Verdict:
    """Judge a list whose rules are true (1), false (0) or unknown (?)."""
    rules = tuple(Rule(str(i), TRUE) for i in range(len(truths)))
    return judge(RuleList("list", hit, rules, (), if_unknown), [SIGNS[sign] for sign in truths])


def decide(folder: Path, account: Account | None = None, **sections: str) -> dict[str, Value]:
    """Decide one account by the small policy with some of its sections written otherwise."""
    return outcomes(run_case(folder, [ACCOUNT | (account or {})], effective_on=None, sets=None, **sections))["a"]


def targets(by_state: str, more: str = "") -> str:
    """Return the targets section with these figures."""
    return f"""
        base: {{field: base_revenue, basis: opening_arr}}
        plausible: [0%, 300%]
        by_state: {by_state}
        zero_base: {{lapsed_when: known(since), prospect: none, lapsed: none}}
        """ + more.replace("\n", "\n        ")


def states(rules: str, if_unknown: str = "hold", hit: str = "first") -> str:
    """Return the states section with these rules, one a line."""
    return f"""
        hit: {hit}
        inputs: {{maturity: health, penetration: headroom, potential: headroom}}
        if_unknown: {if_unknown}
        rules:
        """ + "".join(f"  - {rule}\n        " for rule in rules.strip().splitlines())


# --- Hit policies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("truths", "rule", "unknown"),
    [
        pytest.param("010", 1, "", id="the first true rule"),
        pytest.param("011", 1, "", id="later true rules are not asked"),
        pytest.param("000", None, "", id="none is true"),
        pytest.param("01?", 1, "", id="an unknown rule below is not asked"),
        pytest.param("?10", None, "0", id="an unknown rule above holds the outcome"),
        pytest.param("0?1", None, "1", id="an unknown rule right above holds it too"),
        pytest.param("??1", None, "01", id="all unknown rules above are listed"),
        pytest.param("?00", None, "0", id="none is true and one unknown"),
        pytest.param("0??", None, "12", id="none is true and some unknown"),
        pytest.param("", None, "", id="an empty list"),
    ],
)
def test_first_takes_the_first_true_rule_unless_one_above_is_unknown(truths: str, rule: int | None, unknown: str) -> None:
    assert verdict(Hit.FIRST, "hold", truths) == Verdict(rule, 0, sum(1 << int(i) for i in unknown))


@pytest.mark.parametrize(
    ("truths", "rule", "unknown"),
    [
        pytest.param("?10", 1, "0", id="the outcome stands, the unknown rule is listed"),
        pytest.param("?1?", 1, "0", id="an unknown rule below is not asked"),
        pytest.param("010", 1, "", id="nothing unknown"),
        pytest.param("?00", None, "0", id="flag gives no outcome where no rule is true"),
        pytest.param("000", None, "", id="none is true"),
    ],
)
def test_first_with_flag_lets_the_outcome_stand_and_lists_what_was_unknown(truths: str, rule: int | None, unknown: str) -> None:
    assert verdict(Hit.FIRST, "flag", truths) == Verdict(rule, 0, sum(1 << int(i) for i in unknown))


@pytest.mark.parametrize("if_unknown", ["hold", "flag"])
@pytest.mark.parametrize(
    ("truths", "rule", "unknown"),
    [
        pytest.param("010", 1, "", id="the one true rule"),
        pytest.param("?1?", 1, "02", id="the one true rule, whatever is unknown beside it"),
        pytest.param("011", None, "", id="two true rules contradict one another"),
        pytest.param("0?0", None, "1", id="none is true and one unknown: undecided"),
        pytest.param("000", None, "", id="none is true"),
    ],
)
def test_unique_takes_the_one_true_rule(if_unknown: str, truths: str, rule: int | None, unknown: str) -> None:
    assert verdict(Hit.UNIQUE, if_unknown, truths) == Verdict(rule, 0, sum(1 << int(i) for i in unknown))


@pytest.mark.parametrize(
    ("truths", "true", "unknown"), [("010", "1", ""), ("1?1", "02", "1"), ("???", "", "012"), ("000", "", ""), ("", "", "")]
)
def test_collect_lists_true_and_unknown_rules_apart(truths: str, true: str, unknown: str) -> None:
    masks = (sum(1 << int(i) for i in bits) for bits in (true, unknown))
    assert verdict(Hit.COLLECT, "hold", truths) == Verdict(None, *masks)


def test_masks_hold_any_number_of_rules() -> None:
    assert verdict(Hit.COLLECT, "hold", "0" * 99 + "1?") == Verdict(None, 1 << 99, 1 << 100)


# --- Gates ------------------------------------------------------------------------------------------------------------

GATES = """
    - {id: willingness, ask: Will they, when: willing, because: Article 001}
    - {id: value, ask: Do they value us, when: health >= 50, because: Article 001}
    """


@pytest.mark.parametrize(
    ("answers", "true", "unknown", "qualified"),
    [
        pytest.param({"willing": "yes", "health": "50"}, ("willingness", "value"), (), True, id="both answered and passed"),
        pytest.param({"willing": "no", "health": "50"}, ("value",), (), False, id="one failed"),
        pytest.param({"willing": "yes", "health": "49.99"}, ("willingness",), (), False, id="just below the mark"),
        pytest.param({"willing": None, "health": "50"}, ("value",), ("willingness",), False, id="unanswered is not passed"),
        pytest.param({"willing": None, "health": None}, (), ("willingness", "value"), False, id="both unanswered, both listed"),
        pytest.param({"willing": "no", "health": None}, (), ("value",), False, id="all are asked, even after a failed one"),
    ],
)
def test_req_1_6_all_gates_are_asked_and_an_unanswered_one_is_not_passed(
    tmp_path: Path,
    answers: Account,
    true: tuple[str, ...],
    unknown: tuple[str, ...],
    qualified: bool,  # noqa: FBT001
) -> None:
    run = run_case(tmp_path, [ACCOUNT | answers], gates=GATES)
    found = outcomes(run)["a"]
    assert rules_of(run, "a", "gates") == (true, unknown)
    assert found["qualified"] is qualified
    assert found["tier"] == ("t1" if qualified else "not_qualified")


def test_req_1_6_an_account_outside_the_gates_is_scored_and_still_gets_state_and_target(tmp_path: Path) -> None:
    found = decide(tmp_path, {"willing": "no"}, gates=GATES)
    assert (found["tier"], found["score"]) == ("not_qualified", 70)
    assert (found["state"], found["target_amount"]) == ("mature", 1100)


def test_without_gates_every_account_qualifies(tmp_path: Path) -> None:
    assert decide(tmp_path, {"willing": None})["qualified"] is True


# --- Tiers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "tier"), [("65", "t1"), ("64.995", "t1"), ("64.994999", "t2"), ("100", "t1"), ("-5", "t2"), (None, None)]
)
def test_a_tier_is_entered_at_its_edge_by_the_rounded_score(tmp_path: Path, points: str | None, tier: str | None) -> None:
    """The composite is rounded half to even, and that figure is what tiers compare; a missing score is no low score."""
    assert decide(tmp_path, {"points": points})["tier"] == tier


@pytest.mark.parametrize(
    ("points", "health", "tier"),
    [
        pytest.param("70", "60", None, id="two true: a contradiction gives no tier"),
        pytest.param("70", "40", "t1", id="the one true rule"),
        pytest.param("60", "60", "t2", id="the other"),
        pytest.param("60", "40", "t3", id="otherwise where every other rule is false"),
        pytest.param("60", None, None, id="otherwise never catches an unknown"),
        pytest.param("70", None, "t1", id="one true, one unknown"),
    ],
)
def test_unique_tiers(tmp_path: Path, points: str, health: str | None, tier: str | None) -> None:
    tiers = """
        hit: unique
        if_unknown: hold
        rules:
          - {id: t1, when: score >= 65}
          - {id: t2, when: health >= 50}
          - {id: t3, otherwise: true}
        """
    assert decide(tmp_path, {"points": points, "health": health}, tiers=tiers)["tier"] == tier
    gate = "- {id: g, ask: Will they, when: willing, because: Article 001}"
    assert decide(tmp_path, {"points": points, "willing": None}, tiers=tiers, gates=gate)["tier"] == "not_qualified"


# --- States -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("if_unknown", ["hold", "flag"])
@pytest.mark.parametrize(("health", "state"), [("49.999999", "at_risk"), ("50", "mature"), ("50.000001", "mature"), ("-1", "at_risk")])
def test_req_0_8_every_account_gets_exactly_one_state(tmp_path: Path, if_unknown: str, health: str, state: str) -> None:
    rules = "{id: at_risk, when: health < 50, because: x}\n{id: mature, otherwise: true, because: y}"
    assert decide(tmp_path, {"health": health}, states=states(rules, if_unknown))["state"] == state


@pytest.mark.parametrize(
    ("if_unknown", "state", "amount"), [pytest.param("hold", None, None, id="hold"), pytest.param("flag", "mature", 1100, id="flag")]
)
def test_req_0_6_otherwise_never_catches_an_unknown_in_silence(
    tmp_path: Path, if_unknown: str, state: str | None, amount: int | None
) -> None:
    """Hold leaves the account undecided and without target; flag decides and names the rule that was unknown."""
    rules = "{id: at_risk, when: health < 50, because: x}\n{id: mature, otherwise: true, because: y}"
    run = run_case(tmp_path, [ACCOUNT | {"health": None}], states=states(rules, if_unknown))
    found = outcomes(run)["a"]
    assert (found["state"], found["target_amount"]) == (state, amount)
    assert rules_of(run, "a", "states")[1] == ("at_risk",)
    assert found["maturity_known"] is False


def test_req_0_6_a_missing_input_holds_the_state_only_through_a_rule_that_reads_it(tmp_path: Path) -> None:
    found = decide(tmp_path, {"headroom": None})
    assert (found["penetration_known"], found["potential_known"], found["maturity_known"]) == (False, False, True)
    assert found["state"] == "mature"


@pytest.mark.parametrize(
    ("health", "points", "state"),
    [
        pytest.param("40", "70", None, id="two true: a contradiction gives no state"),
        pytest.param("40", "50", "at_risk", id="the one true rule"),
        pytest.param("60", "70", "strong", id="the other"),
        pytest.param("60", "50", "mature", id="otherwise where every other rule is false"),
        pytest.param(None, "50", None, id="otherwise never catches an unknown"),
        pytest.param(None, "70", "strong", id="one true, one unknown"),
    ],
)
def test_unique_states(tmp_path: Path, health: str | None, points: str, state: str | None) -> None:
    rules = "{id: at_risk, when: health < 50, because: x}\n{id: strong, when: points > 60, because: y}\n"
    rules += "{id: mature, otherwise: true, because: z}"
    figures = targets(f"{{at_risk: {ALIKE}, strong: {ALIKE}, mature: {ALIKE}}}")
    account = {"health": health, "points": points}
    assert decide(tmp_path, account, states=states(rules, hit="unique"), targets=figures)["state"] == state


@pytest.mark.parametrize(("since", "state"), [("2020-01-01", "lapsed"), (None, "prospect")])
def test_a_zero_base_takes_its_state_before_unique_rules_too(tmp_path: Path, since: str | None, state: str) -> None:
    rules = "{id: at_risk, when: health < 50, because: x}\n{id: mature, otherwise: true, because: z}"
    account = {"base_revenue": "0", "since": since, "health": "40"}
    assert decide(tmp_path, account, states=states(rules, hit="unique"))["state"] == state


SHARED = """
{id: sick, state: at_risk, when: health < 50, because: Unhealthy}
{id: leaving, state: at_risk, when: points < 10, because: Nothing to gain}
{id: mature, otherwise: true, because: Solid}
"""


@pytest.mark.parametrize(
    ("health", "points", "rule", "state"),
    [
        ("40", "70", "sick", "at_risk"),
        ("60", "9.99", "leaving", "at_risk"),
        ("40", "9.99", "sick", "at_risk"),
        ("60", "10", "mature", "mature"),
        (None, "5", None, None),
    ],
)
def test_several_rules_may_give_one_state(tmp_path: Path, health: str | None, points: str, rule: str | None, state: str | None) -> None:
    """The trail names the rule, the target follows the state."""
    run = run_case(tmp_path, [ACCOUNT | {"health": health, "points": points}], states=states(SHARED))
    assert rules_of(run, "a", "states")[0] == ((rule,) if rule else ())
    assert outcomes(run)["a"]["state"] == state
    assert outcomes(run)["a"]["target_nrr"] == {"at_risk": Fraction(8, 10), "mature": Fraction(11, 10), None: None}[state]


# --- A reason where one is due ----------------------------------------------------------------------------------------

REASON_FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    points: {type: number}
    health: {type: number}
    headroom: {type: money}
    since: {type: date}
    why: {type: category, values: [single_site, regulated]}
    """


def needs_reason(folder: Path, account: Account, rules: str) -> Any:
    """Decide one account and tell whether it lacks a reason."""
    row = {name: value for name, value in ACCOUNT.items() if name != "willing"} | account
    return outcomes(run_case(folder, [row], fields=REASON_FIELDS, states=states(rules)))["a"]["reason_needed"]


@pytest.mark.parametrize(
    ("account", "needed"),
    [
        pytest.param({"points": "60", "why": None}, False, id="well penetrated, on the line: no reason asked"),
        pytest.param({"points": "59.99", "why": None}, True, id="below the line, no reason"),
        pytest.param({"points": "59.99", "why": "regulated"}, False, id="below the line, with a reason"),
        pytest.param({"points": "59.99", "why": "because"}, True, id="a reason that is none of the known ones"),
        pytest.param({"points": None, "why": None}, True, id="unknown is not true: a reason is due"),
        pytest.param({"points": "10", "health": "40", "why": None}, False, id="another state asks for none"),
        pytest.param({"points": "10", "health": None, "why": None}, False, id="an undecided state asks for none"),
    ],
)
def test_req_0_12_mature_asks_for_a_reason_unless_well_penetrated(tmp_path: Path, account: Account, needed: bool) -> None:  # noqa: FBT001
    rules = """
{id: at_risk, when: health < 50, because: x}
{id: mature, otherwise: true, because: y, reason_unless: points >= 60, reason_in: why}
"""
    assert needs_reason(tmp_path, account, rules) is needed


@pytest.mark.parametrize(
    ("points", "needed"), [("90", False), ("50", True)], ids=["fired by the rule that asks for none", "fired by the rule that asks"]
)
def test_req_0_12_a_reason_is_asked_by_the_rule_that_fired_not_by_its_state(tmp_path: Path, points: str, needed: bool) -> None:  # noqa: FBT001
    rules = """
{id: at_risk, when: health < 50, because: x}
{id: full, state: mature, when: points >= 80, because: Nothing left to win}
{id: mature, otherwise: true, because: y, reason_unless: points >= 60 and points < 80, reason_in: why}
"""
    assert needs_reason(tmp_path, {"points": points}, rules) is needed


# --- Zero and negative bases ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "since", "state"),
    [
        pytest.param("0", "2020-01-01", "lapsed", id="bought before"),
        pytest.param("0", None, "prospect", id="never bought"),
        pytest.param("0.00", None, "prospect", id="zero however it is written"),
        pytest.param("0.01", None, "at_risk", id="a cent is a base"),
        pytest.param("0.001", "2020-01-01", "lapsed", id="less than a cent is none"),
    ],
)
def test_base_zero_takes_a_built_in_state_and_no_nrr(tmp_path: Path, base: str, since: str | None, state: str) -> None:
    """The state rules are not asked: unhealthy as they are, neither is at risk."""
    found = decide(tmp_path, {"base_revenue": base, "since": since, "health": "10"})
    assert found["state"] == state
    assert (found["target_nrr"] is None) is (state != "at_risk")
    assert (found["target_amount"] is None) is (state != "at_risk")
    assert (found["tier"], found["score"]) == ("t1", 70)


def test_an_unknown_lapsed_when_makes_a_prospect(tmp_path: Path) -> None:
    """`lapsed` where `lapsed_when` is true, else `prospect`: nobody becomes lapsed by a gap in the data."""
    figures = targets(f"{{at_risk: {ALIKE}, mature: {ALIKE}}}").replace("known(since)", "health > 50")
    states_ = [decide(tmp_path, {"base_revenue": "0", "health": value}, targets=figures)["state"] for value in ("51", "50", None)]
    assert states_ == ["lapsed", "prospect", "prospect"]


@pytest.mark.parametrize(
    ("state", "account", "amount"),
    [
        ("prospect", {"base_revenue": "0"}, 5),
        ("prospect", {"base_revenue": "0", "headroom": None}, None),
        ("lapsed", {"base_revenue": "0", "since": "2020-01-01"}, None),
        ("mature", {}, None),
    ],
)
def test_only_a_prospect_takes_its_absolute_target(tmp_path: Path, state: str, account: Account, amount: int | None) -> None:
    figures = targets(f"{{at_risk: {ALIKE}, mature: {ALIKE}}}").replace("prospect: none", "prospect: headroom")
    found = decide(tmp_path, account, targets=figures)
    assert (found["state"], found["prospect_amount"]) == (state, amount)


@pytest.mark.parametrize("base", ["-0.01", "-1000"])
def test_a_negative_base_is_a_refused_row(tmp_path: Path, base: str) -> None:
    run = run_case(tmp_path, [ACCOUNT, ACCOUNT | {"account_id": "b", "base_revenue": base}])
    assert run.table.frame()["account_id"].to_list() == ["a"]
    assert run.book.faults.frame().filter("refused")["account_id"].to_list() == ["b"]


# --- Targets ----------------------------------------------------------------------------------------------------------

BY_TIER = (
    "{at_risk: {target: 80%}, mature: {by_tier: "
    "{t1: {floor: 100%, target: 120%}, not_qualified: {target: 90%}, otherwise: {target: 105%}}}}"
)
GATE = "- {id: g, ask: Will they, when: willing, because: Article 001}"


@pytest.mark.parametrize(
    ("account", "rule", "nrr"),
    [
        pytest.param({}, "mature.t1", "120%", id="the tier named"),
        pytest.param({"points": "10"}, "mature.otherwise", "105%", id="any other tier"),
        pytest.param({"willing": "no"}, "mature.not_qualified", "90%", id="not qualified is a tier to targets"),
        pytest.param({"health": "10", "willing": "no"}, "at_risk", "80%", id="a state without branches reads no tier"),
        pytest.param({"points": None}, None, None, id="an undecided tier gives no target where the target reads it"),
        pytest.param({"points": None, "health": "10"}, "at_risk", "80%", id="and one where it does not"),
    ],
)
def test_a_target_may_branch_by_tier(tmp_path: Path, account: Account, rule: str | None, nrr: str | None) -> None:
    run = run_case(tmp_path, [ACCOUNT | account], targets=targets(BY_TIER), gates=GATE)
    found = outcomes(run)["a"]
    assert rules_of(run, "a", "targets")[0] == ((rule,) if rule else ())
    assert found["target_nrr"] == (Fraction(nrr.rstrip("%")) / 100 if nrr else None)


def own(folder: Path, figure: str | None, account: Account | None = None) -> Run:
    """Decide one account that has a figure of its own."""
    fields = REASON_FIELDS.replace("why: {type: category, values: [single_site, regulated]}", "own_nrr: {type: ratio}")
    by_state = "{at_risk: {floor: 70%, target: 80%, aspirational: 100%}, mature: {target: 110%}}"
    row = {name: value for name, value in ACCOUNT.items() if name != "willing"} | (account or {}) | {"own_nrr": figure}
    return run_case(folder, [row], fields=fields, targets=targets(by_state, "own: own_nrr"))


@pytest.mark.parametrize(
    ("figure", "rule", "amount", "below_floor"),
    [
        pytest.param(None, "at_risk", 800, False, id="none agreed: the state's"),
        pytest.param("85", "own", 850, False, id="the agreed one wins, above the floor"),
        pytest.param("70", "own", 700, False, id="on the floor"),
        pytest.param("69.9999", "own", Fraction("699.999"), True, id="below the floor: it stands, and is a finding"),
        pytest.param("0", "own", 0, True, id="an agreed zero is a figure, not a blank"),
        pytest.param("300", "own", 3000, False, id="as high as is plausible"),
    ],
)
def test_req_0_7_an_agreed_figure_wins_over_that_of_the_state(
    tmp_path: Path,
    figure: str | None,
    rule: str,
    amount: int | Fraction,
    below_floor: bool,  # noqa: FBT001
) -> None:
    run = own(tmp_path, figure, {"health": "10"})
    found = outcomes(run)["a"]
    assert rules_of(run, "a", "targets")[0] == (rule,)
    assert found["target_amount"] == round(Fraction(amount), 2)
    assert (found["floor_amount"], found["aspirational_amount"]) == (700, 1000)
    assert found["below_floor"] is below_floor


@pytest.mark.parametrize("figure", ["1112", "300.0001", "-0.0001"])
def test_req_0_3_an_agreed_figure_that_is_not_plausible_refuses_the_account(tmp_path: Path, figure: str) -> None:
    run = own(tmp_path, figure)
    assert run.table.height == 0
    assert run.book.faults.frame()["code"].to_list() == ["KR415"]
    assert run.book.faults.frame()["refused"].to_list() == [True]


def test_an_agreed_figure_gives_no_nrr_to_a_base_of_zero(tmp_path: Path) -> None:
    found = outcomes(own(tmp_path, "110", {"base_revenue": "0"}))["a"]
    assert (found["state"], found["target_nrr"], found["target_amount"]) == ("prospect", None, None)


@pytest.mark.parametrize(
    ("base", "amount"),
    [
        pytest.param("0.05", "0.04", id="0.055 × 80% of 5 cents is 4 cents"),
        pytest.param("1000.01", "800.01", id="800.008 rounds up"),
        pytest.param("0.01", "0.01", id="0.008 rounds up"),
        pytest.param("0.03", "0.02", id="0.024 rounds down"),
        pytest.param("90071992547409.93", "72057594037927.94", id="past the exact range of a double"),
        pytest.param("30744573456182586.02", "24595658764946068.82", id="the largest base that leaves room for its largest target"),
    ],
)
def test_an_amount_is_base_times_target_in_whole_cents(tmp_path: Path, base: str, amount: str) -> None:
    assert decide(tmp_path, {"base_revenue": base, "health": "10"})["target_amount"] == Fraction(amount)


@pytest.mark.parametrize("by", ["reference", "columnar"])
@pytest.mark.parametrize("base", ["30744573456182586.03", "92233720368547758.07", "1e30"])
def test_a_base_whose_target_could_not_be_stored_is_a_refused_row(tmp_path: Path, base: str, by: str) -> None:
    run = run_case(tmp_path, [ACCOUNT, ACCOUNT | {"account_id": "b", "base_revenue": base}], by=by)
    assert run.table.frame()["account_id"].to_list() == ["a"]
    assert run.book.faults.frame()["refused"].to_list() == [True]


@pytest.mark.parametrize(("base", "amount"), [("0.10", "0.12"), ("0.30", "0.38"), ("0.02", "0.02"), ("0.06", "0.08")])
def test_an_amount_on_half_a_cent_goes_to_the_even_cent(tmp_path: Path, base: str, amount: str) -> None:
    """0.10 × 125% = 0.125 goes to 0.12, 0.30 × 125% = 0.375 to 0.38."""
    figures = targets("{at_risk: {target: 125%}, mature: {target: 125%}}")
    assert decide(tmp_path, {"base_revenue": base}, targets=figures)["target_amount"] == Fraction(amount)


@pytest.mark.parametrize(("currency", "base", "amount"), [("JPY", "1001", "1101"), ("JPY", "1005", "1106"), ("KWD", "1.001", "1.101")])
def test_an_amount_keeps_the_minor_unit_of_its_currency(tmp_path: Path, currency: str, base: str, amount: str) -> None:
    """Yen have no decimals, dinars three: 1005 × 110% = 1105.5 goes to the even 1106."""
    assert decide(tmp_path, {"base_revenue": base}, currency=currency)["target_amount"] == Fraction(amount)


# --- Triggers ---------------------------------------------------------------------------------------------------------

TRIGGERS = """
    - {id: ebb, when: health < 50, then: demote, because: Eroding}
    - {id: rise, when: points >= 80, then: promote, because: Potential shown}
    - {id: look, when: state = "at_risk", then: review, because: A person should look}
    """


@pytest.mark.parametrize(
    ("account", "true", "unknown", "action"),
    [
        ({}, (), (), None),
        ({"points": "80"}, ("rise",), (), "promote"),
        ({"points": "79.99"}, (), (), None),
        ({"points": "80", "health": "10"}, ("ebb", "rise", "look"), (), "demote"),
        ({"points": "80", "health": None}, ("rise",), ("ebb", "look"), "promote"),
        ({"points": None, "health": None}, (), ("ebb", "rise", "look"), None),
    ],
)
def test_req_2_9_triggers_collect_and_the_first_true_one_is_the_action(
    tmp_path: Path, account: Account, true: tuple[str, ...], unknown: tuple[str, ...], action: str | None
) -> None:
    run = run_case(tmp_path, [ACCOUNT | account], triggers=TRIGGERS)
    assert rules_of(run, "a", "triggers") == (true, unknown)
    assert outcomes(run)["a"]["action"] == action
