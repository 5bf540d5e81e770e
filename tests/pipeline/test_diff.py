"""Issue 6, `diff`: what a policy means otherwise, whether it wants every signature, and the account or the proof that settles it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine, years
from kam_rules.model.amounts import percent
from kam_rules.model.policy import Policy, Source
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.diff import Diff, diff
from kam_rules.pipeline.diff.shown import Kind, Settled
from kam_rules.pipeline.seat import alone
from tests.conftest import RESELLERS, ROOT, Said
from tests.generators import policy_text

Kam = Callable[..., Said]
OLD, NEW = ROOT / "policies/resellers/fy2020.yaml", RESELLERS[0]
GATE = "- {{id: value, ask: Do they value us?, when: {when}, because: {because}}}"


def policy(**sections: str) -> Policy:
    """Check the small policy with some of its sections written otherwise."""
    return check_text(policy_text(**sections), Source("policy.yaml", ""))


def gate(when: str, because: str = "They must") -> str:
    return GATE.format(when=when, because=because)


def told(old: Policy, new: Policy) -> dict[str, Settled]:
    """Return every change by the rule that it belongs to."""
    return {change.subject.name: change for change in diff(old, new).changes}


# --- The example: FY2020 to FY2021 ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> Diff:
    return years.diff(OLD, NEW)


def test_every_change_of_the_example_is_settled(found: Diff):
    kinds = {change.subject.name: change.kind for change in found.changes}
    assert Kind.OPEN not in kinds.values()
    assert kinds["gates.value"] is kinds["states.at_risk"] is kinds["triggers.breakout"] is Kind.WITNESS
    assert kinds["tiers.strategic"] is Kind.BOOK
    assert kinds["gates.willingness"] is Kind.WORDS
    assert kinds["targets.mature"] is Kind.WITNESS, "its text stayed, and inflation did not"


def test_every_account_that_shows_a_change_is_decided_so_by_the_columns_too(found: Diff):
    """The witness is found by the reference; another engine decides it again, by each policy."""
    shown = [change for change in found.changes if change.kind is Kind.WITNESS]
    assert shown
    for change in shown:
        for first, outcome in zip((found.old, found.new), change.outcomes, strict=True):
            row = {"account_id": "w", **{name: text.replace(",", "").strip('"') for name, text in change.account}}
            free = replace(first, program=alone(first.program))
            run = engine.run(free, pl.DataFrame({k: [v] for k, v in row.items()}), as_of=found.new.start, effective_on=first.start)
            (one,) = run.table.frame().iter_rows(named=True)
            nrr = one["target_nrr"]
            target = "none" if nrr is None else percent(Fraction(nrr, 10**6))
            tier, state = one["tier"] or "undecided", one["state"] or "undecided"
            assert outcome.startswith(f"{tier}, {state}, target {target}"), change.subject.name


# --- How a change is settled ------------------------------------------------------------------------------------------


def test_a_policy_means_the_same_as_itself():
    assert diff(policy(), policy()).changes == ()


def test_the_same_figure_written_otherwise_is_no_change():
    old, new = (policy(gates=gate(f"points >= {figure}")) for figure in ("50", "50"))
    assert told(old, new) == {}
    targets = policy_text().partition("by_state: ")[2].partition("\n")[0]
    assert "110%" in targets
    other = check_text(policy_text().replace("110%", "110.0%"), Source("policy.yaml", ""))
    assert told(policy(), other) == {}


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        pytest.param("points >= 50", "not(points < 50)", Kind.SAME, id="the same, turned round"),
        pytest.param("health >= 50 and points >= 50", "points >= 50 and health >= 50", Kind.SAME, id="the same, in another order"),
        pytest.param("points >= 50", "points > 50", Kind.WITNESS, id="the edge itself"),
        pytest.param("points >= 50", "points >= 50 and known(health)", Kind.WITNESS, id="a further question"),
        pytest.param("base_revenue >= 0", "base_revenue > -1", Kind.SAME, id="the contract allows nothing in between"),
    ],
)
def test_a_condition_is_compared_by_what_it_means(old: str, new: str, kind: Kind):
    change = told(policy(gates=gate(f"'{old}'")), policy(gates=gate(f"'{new}'")))["gates.value"]
    assert change.kind is kind
    assert change.material is (kind is Kind.WITNESS)
    assert (change.answers[0] != change.answers[1]) is (kind is Kind.WITNESS)


@settings(max_examples=15)
@given(st.integers(0, 20), st.integers(0, 20))
def test_an_edge_that_moves_has_a_witness_between_both_and_one_that_does_not_has_none(a: int, b: int):
    changes = told(policy(gates=gate(f"points >= {a}")), policy(gates=gate(f"points >= {b}", because="They should")))
    change = changes["gates.value"]
    if a == b:
        assert change.kind is Kind.WORDS
    else:
        points = Fraction(dict(change.account)["points"].replace(",", ""))
        assert min(a, b) <= points < max(a, b)


def test_reasons_alone_are_not_material():
    change = told(policy(gates=gate("points >= 50")), policy(gates=gate("points >= 50", because="They do")))["gates.value"]
    assert (change.kind, change.material) == (Kind.WORDS, False)


def test_seats_are_decided_over_all_accounts_and_are_material():
    tiers = "if_unknown: hold\nrules:\n  - {{id: t1, when: score >= 65, capacity: {n}}}\n  - {{id: t2, otherwise: true}}"
    change = told(policy(tiers=tiers.format(n=3)), policy(tiers=tiers.format(n=4)))["tiers.t1"]
    assert (change.kind, change.material) == (Kind.BOOK, True)


CHANGES = "{{keep_within: {n} points, demote_after: 2 reviews, wait_at_least: 180 days, incumbents_first: true}}"


@pytest.mark.parametrize("old", ["", CHANGES.format(n=3)], ids=["new", "wider"])
def test_when_tiers_change_decides_who_keeps_one(old: str):
    change = told(policy(tier_changes=old), policy(tier_changes=CHANGES.format(n=5)))["tier_changes"]
    assert (change.kind, change.material) == (Kind.BOOK, True)
    assert change.why.startswith("who holds a tier may keep or lose it")


VIEWS = """
    base_revenue: {type: money, required: true, min: 0}
    points: {type: number}
    health: {type: number}
    willing: {type: flag}
    headroom: {type: money}
    since: {type: date}
    ours: {type: number, min: 0, max: 10}
    theirs: {type: number, min: 0, max: 10}
    talked_on: {type: date}
    """
CALIBRATION = "{{ours: ours, theirs: theirs, on: talked_on, valid_for: {n} months{more}}}"


def test_a_calibration_that_a_tier_needs_can_decide_and_one_that_none_needs_does_not():
    """A tier that needs both views is lost without them; otherwise the review alone reads them."""

    def calibrated(n: int, more: str = "") -> Policy:
        return policy(fields=VIEWS, calibration=CALIBRATION.format(n=n, more=more))

    needs = ", needed_for: [t1]"
    assert told(calibrated(12), calibrated(6))["calibration"].kind is Kind.STATED
    assert "no tier needs one" in told(calibrated(12), calibrated(6))["calibration"].why
    change = told(calibrated(12), calibrated(12, needs))["calibration"]
    assert change.kind in {Kind.WITNESS, Kind.OPEN}
    assert change.material
    assert "decides no account" not in change.why


def test_a_rule_that_reads_another_figure_is_told_though_its_text_stayed():
    metrics = "room: {{type: money, is: {way}}}"
    sections = {"gates": gate("room >= 100")}
    old, new = (policy(metrics=metrics.format(way=way), **sections) for way in ("headroom", "headroom - base_revenue"))
    changes = told(old, new)
    assert changes["gates.value"].subject.through == ("room",)
    assert changes["gates.value"].kind is Kind.WITNESS


def test_a_figure_that_is_worked_out_otherwise_to_the_same_is_not_told_of_its_rules():
    metrics = "room: {{type: money, is: {way}}}"
    old, new = (policy(metrics=metrics.format(way=way), gates=gate("room >= 100")) for way in ("headroom", "headroom * 1"))
    assert told(old, new).get("gates.value") is None or told(old, new)["gates.value"].kind is Kind.SAME


@pytest.mark.parametrize("way", ["added", "removed"])
def test_a_rule_that_is_new_or_gone_has_an_account_for_which_it_fires(way: str):
    trigger = "- {id: slip, when: health < 20, then: review, because: They slip}"
    pair = (policy(), policy(triggers=trigger)) if way == "added" else (policy(triggers=trigger), policy())
    change = told(*pair)["triggers.slip"] if "triggers.slip" in told(*pair) else told(*pair)["triggers"]
    assert change.kind is Kind.WITNESS
    assert "fires slip" in change.outcomes[way == "added"]


def test_a_weight_is_shown_by_an_account_of_another_score():
    criteria = """
        - {{id: points, weight: {a}, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
           measure: points, if_missing: reject, line: {{worst: 0, best: 100}}}}
        - {{id: fit, weight: {b}, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
           measure: health, if_missing: reject, line: {{worst: 0, best: 100}}}}
        """
    old, new = (policy(criteria=criteria.format(a=a, b=b)) for a, b in (("60%", "40%"), ("50%", "50%")))
    change = told(old, new)["criteria.points"]
    assert change.kind is Kind.WITNESS
    assert change.answers[0] != change.answers[1]


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_tells_material_changes_apart_for_people_and_for_programs(kam: Kam):
    out = kam("diff", OLD, NEW, "--format", "json")
    assert out.code == 0
    changes = json.loads(out.out)["changes"]
    assert {change["part"]: change["material"] for change in changes}["gates.willingness"] is False
    text = kam("diff", OLD, NEW).out
    assert "gates.value: material, fy2021.yaml:121" in text
    assert "when: categories_bought >= 2 -> categories_bought >= 3" in text
