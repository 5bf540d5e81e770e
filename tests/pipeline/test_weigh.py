"""A policy held against a real book: what findings touch, who lies near an edge, and who is key for little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from kam_rules import engine
from kam_rules.model.run import Checked
from kam_rules.model.weight import Edge, Weight
from kam_rules.reports.checked import checked as report
from tests.generators import write_case

WITHIN = Fraction(2, 100)
FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    points: {type: number}
    health: {type: number}
    years: {type: number, min: 0}
    willing: {type: flag}
    headroom: {type: money}
    since: {type: date}
    cost_to_serve: {type: money, min: 0}
    gross_margin: {type: money}
    """
ACCOUNT = {"base_revenue": "1000", "points": "70", "health": "60", "years": "1", "willing": "yes", "headroom": "5"}


def checked(folder: Path, rows: Sequence[Mapping[str, object]], **sections: str) -> Checked:
    """Check the small policy on some accounts."""
    accounts = [{"account_id": f"a{i}", **ACCOUNT, **row} for i, row in enumerate(rows)]
    policy, data = write_case(folder, accounts, fields=FIELDS, **sections)
    return engine.check(policy, data, within=WITHIN)


def edge(found: Checked, text: str) -> Edge | None:
    return next((item for item in found.edges if item.text == text), None)


def messages(found: Checked, code: str) -> list[str]:
    return [f.message for f in found.findings if f.code == code]


def tiers(*whens: str) -> str:
    rules = "".join(f"  - {{id: t{i}, when: {when}}}\n" for i, when in enumerate(whens, start=1))
    return f"if_unknown: hold\nrules:\n{rules}  - {{id: rest, otherwise: true}}\n"


def test_a_finding_is_weighed_by_the_accounts_that_it_touches(tmp_path: Path):
    """The masked rule would take the accounts at 80 and above: two of four, with 3,000 of base."""
    rows = [{"points": points, "base_revenue": base} for points, base in ((80, 1000), (79.99, 500), (100, 2000), (None, 4000))]
    found = checked(tmp_path, rows, tiers=tiers("score >= 40", "score >= 80"))
    assert found.weights["KR701", "tiers.t2"] == Weight(2, Fraction(3000))
    lines = next(block.lines for block in report(found).blocks if block.key == "errors")  # type: ignore[union-attr]
    assert "  in this book: 2 accounts with 3,000.00 of base" in lines


def test_rules_that_no_account_reached_are_named(tmp_path: Path):
    rows = [{"points": 70}, {"points": 10}]
    found = checked(tmp_path, rows, tiers=tiers("score >= 90", "score >= 65"))
    assert "no account of 2 reached t1" in messages(found, "KR741")
    assert not any("t2" in message for message in messages(found, "KR741"))


@pytest.mark.parametrize(
    ("health", "near"),
    [
        pytest.param("48.999999", 0, id="just outside below"),
        pytest.param("49", 1, id="2% below the edge"),
        pytest.param("50", 1, id="on the edge"),
        pytest.param("51", 1, id="2% above the edge"),
        pytest.param("51.000001", 0, id="just outside above"),
        pytest.param(None, 0, id="missing is near nothing"),
    ],
)
def test_an_account_is_near_an_edge_within_the_share_asked_for(tmp_path: Path, health: str | None, near: int):
    found = edge(checked(tmp_path, [{"health": health}]), "health < 50")
    assert (0 if found is None else found.near.accounts) == near


def test_what_rides_on_an_edge_is_the_difference_of_the_targets(tmp_path: Path):
    """At 49.5 the account is at risk: 80% of 1,000; on the other side it would be mature: 110%."""
    found = edge(checked(tmp_path, [{"health": "49.5"}, {"health": "90", "base_revenue": "5000"}]), "health < 50")
    assert found is not None
    assert (found.near, found.flips, found.change) == (Weight(1, Fraction(1000)), Weight(1, Fraction(1000)), Fraction(300))


def test_a_cliff_is_told_with_what_targets_would_differ_by(tmp_path: Path):
    found = checked(tmp_path, [{"health": "49.5"}])
    said = "1 account with 1,000.00 of base lies near health < 50; on its other side targets would differ by 300.00"
    assert messages(found, "KR742") == [said]


def test_of_a_score_the_share_is_one_of_100_points(tmp_path: Path):
    rows = [{"points": points} for points in (62.99, 63, 65, 67, 67.01)]
    found = edge(checked(tmp_path, rows), "score >= 65")
    assert found is not None
    assert found.near.accounts == 3
    assert found.flips.accounts == 3


def test_an_edge_of_a_band_is_told_with_the_points_that_it_jumps(tmp_path: Path):
    criteria = """
        - {id: points, weight: 100%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
           measure: points, if_missing: reject, bands: [{from: lowest, score: 20}, {from: 70, score: 90}]}
        """
    found = edge(checked(tmp_path, [{"points": "69.9"}, {"points": "71.4"}], criteria=criteria), "points >= 70")
    assert found is not None
    assert (found.near.accounts, found.flips.accounts, found.jump) == (2, 2, Fraction(70))


# --- Key for little ---------------------------------------------------------------------------------------------------

SIZE = """
    - {{id: size, weight: {size}%, purpose: resource_allocation, kind: quantitative, about: us, horizon: current,
       measure: base_revenue, if_missing: zero, line: {{worst: 0, best: 10000}}}}
    - {{id: lasting, weight: {years}%, purpose: resource_allocation, kind: quantitative, about: customer, horizon: current,
       measure: years, if_missing: zero, line: {{worst: 0, best: 10}}}}
    - {{id: points, weight: {rest}%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
       measure: points, if_missing: zero, line: {{worst: 0, best: 100}}}}
    """
STATES = """
    inputs: {maturity: years, penetration: headroom, potential: headroom}
    if_unknown: hold
    rules:
      - {id: at_risk, when: health < 50, because: B}
      - {id: mature, otherwise: true, because: B}
    """
KEY = {"limits": "{key_tiers: [t1]}", "states": STATES, "criteria": SIZE.format(size=40, years=20, rest=40)}


def test_req_2_3_an_account_that_only_its_size_makes_key_is_named(tmp_path: Path):
    """Large: 40 + 2 + 28 = 70; without size (2 + 28) / 60 = 50. Growing: 4 + 20 + 40 = 64, no key. Both: as it should be."""
    rows = [
        {"base_revenue": "10000", "points": "70", "years": "1"},
        {"base_revenue": "1000", "points": "100", "years": "10"},
        {"base_revenue": "10000", "points": "100", "years": "8"},
    ]
    found = checked(tmp_path, rows, **KEY)
    assert messages(found, "KR743") == ["key by size alone: without size, a0 falls below the key tiers"]


def test_req_4_4_an_account_that_only_its_tenure_makes_key_is_named(tmp_path: Path):
    """Old: 26 + 20 + 20 = 66; without tenure 46 / 80 = 57.5."""
    rows = [{"base_revenue": "6500", "points": "50", "years": "10"}, {"base_revenue": "10000", "points": "100", "years": "10"}]
    found = checked(tmp_path, rows, **KEY)
    assert messages(found, "KR744") == ["key by tenure alone: without lasting, a0 falls below the key tiers"]


def test_an_account_on_the_edge_without_its_size_stays_key(tmp_path: Path):
    """(13 + 26) / 60 = 65: the edge is inclusive."""
    rows = [{"base_revenue": "10000", "points": "65", "years": "6.5"}]
    assert messages(checked(tmp_path, rows, **KEY), "KR743") == []


def test_what_a_policy_cannot_tell_of_a_book_is_said(tmp_path: Path):
    found = report(checked(tmp_path, [{}]))
    unasked = next(block.lines for block in found.blocks if block.key == "unasked")  # type: ignore[union-attr]
    assert unasked == ("which accounts are key by size or tenure alone: limits name no key tiers",)


@pytest.mark.parametrize(
    ("cost", "margin", "noisy"),
    [
        pytest.param("400", "300", True, id="above the standard, and no profit left"),
        pytest.param("400", "400", True, id="the profit just eaten up"),
        pytest.param("400", "400.01", False, id="a cent is left"),
        pytest.param("200", "100", False, id="at the standard of the book"),
        pytest.param(None, "100", False, id="a cost that is missing tells nothing"),
    ],
)
def test_req_4_5_a_noisy_account_takes_more_service_than_the_standard_and_leaves_no_profit(
    tmp_path: Path, cost: str | None, margin: str, *, noisy: bool
):
    """The others cost 200 on a base of 1,000 each."""
    others: list[dict[str, str | None]] = [{"cost_to_serve": "200", "gross_margin": "500"}] * 2
    rows = [{"cost_to_serve": cost, "gross_margin": margin}, *others]
    found = messages(checked(tmp_path, rows), "KR745")
    assert [message.endswith(": a0") for message in found] == ([True] if noisy else [])


def test_a_book_whose_amounts_columns_cannot_carry_is_weighed_by_the_reference(tmp_path: Path):
    """Past 127 bits the reference engine answers, and says the same of who is near."""
    metrics = "huge: {type: money, is: base_revenue * points}"
    trigger = "- {id: alarm, when: huge * points * points >= 343000000, then: review, because: B}"
    found = edge(checked(tmp_path, [{}, {"points": "1"}], metrics=metrics, triggers=trigger), "huge * points * points >= 343000000")
    assert found is not None
    assert found.near.accounts == 1
