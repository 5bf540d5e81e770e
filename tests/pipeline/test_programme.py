"""Advice on the programme: each on a policy that needs it and on its nearest neighbour that does not."""

from __future__ import annotations

from fractions import Fraction
from itertools import starmap

import pytest

from kam_rules.findings import page
from kam_rules.model.errors import Finding
from kam_rules.model.policy import Policy, Source
from kam_rules.model.tree import Arith, Read
from kam_rules.model.types import Type
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.programme import advise
from kam_rules.pipeline.programme.mix import quarters
from kam_rules.pipeline.programme.spend import rises
from tests.generators import policy_text

BASE, OTHER = Read("base", Type.MONEY), Read("other", Type.MONEY)


def policy(**sections: str) -> Policy:
    return check_text(policy_text(**sections), Source("p.yaml", ""))


def found(**sections: str) -> list[Finding]:
    return [told.finding for told in advise(policy(**sections))]


def criterion(id_: str, weight: int, about: str = "customer", horizon: str = "future", kind: str = "quantitative", **more: str) -> str:
    measure, purpose = more.get("measure", "points"), more.get("purpose", "long_term_growth")
    return (
        f"- {{id: {id_}, weight: {weight}%, purpose: {purpose}, kind: {kind}, about: {about}, horizon: {horizon}, "
        f"measure: {measure}, if_missing: zero, line: {{worst: 0, best: 100}}, because: B, source: S}}\n"
    )


def mix(*parts: tuple[str, str, str]) -> str:
    """Criteria of equal weight with these tags."""
    share = 100 // len(parts)
    purposes = ("market_position", *["long_term_growth"] * len(parts))
    return "".join(
        criterion(f"c{i}", share if i else 100 - share * (len(parts) - 1), about, horizon, kind, purpose=purposes[i])
        for i, (about, horizon, kind) in enumerate(parts)
    )


A, B, C, D = (
    ("customer", "current", "quantitative"), ("customer", "future", "qualitative"), ("us", "current", "qualitative"),
    ("us", "future", "quantitative"),
)  # fmt: skip
GATE = "- {{id: {0}, ask: Q, when: willing, because: B}}\n"
THREE = "".join(starmap(GATE.format, [("strategic_alignment",), ("value",), ("willingness",)]))
INPUTS = "inputs: {{maturity: health, penetration: share, potential: {potential}}}\nif_unknown: hold\nrules:\n{rules}"
FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    prior: {type: money, min: 0}
    wallet: {type: money, min: 0}
    points: {type: number}
    health: {type: number}
    willing: {type: flag}
    headroom: {type: money}
    since: {type: date}
    """
METRICS = """
    share: {type: ratio, is: base_revenue / wallet}
    room: {type: money, is: wallet - base_revenue}
    growth: {type: ratio, is: (base_revenue - prior) / prior}
    """


def states(potential: str, when: str) -> dict[str, str]:
    rules = f"  - {{id: mature, when: '{when}', because: B}}\n  - {{id: at_risk, otherwise: true, because: B}}\n"
    return {"fields": FIELDS, "metrics": METRICS, "states": INPUTS.format(potential=potential, rules=rules)}


def targets(at_risk: str) -> str:
    return f"""
        base: {{field: base_revenue, basis: opening_arr}}
        plausible: [0%, 300%]
        by_state: {{at_risk: {{target: {at_risk}, because: B, source: S}}, mature: {{target: 110%, because: B, source: S}}}}
        zero_base: {{lapsed_when: known(since), prospect: none, lapsed: none}}
        """


def tier(more: str) -> str:
    return f"if_unknown: hold\nrules:\n  - {{id: t1, when: score >= 65{more}}}\n  - {{id: t2, otherwise: true, because: B}}"


KEY = "{key_tiers: [t1], at_most: 15% of accounts, accounts_per_manager: 8, because: B, source: S}"
CASES = [
    pytest.param("KR721", "criteria.about_horizon", {"criteria": mix(A, B, C)}, {"criteria": mix(A, B, C, D)}, id="an empty quarter"),
    pytest.param("KR722", "criteria.kind", {"criteria": mix(A, D)}, {"criteria": mix(A, B, C, D)}, id="all counted, none judged"),
    pytest.param(
        "KR722", "criteria.purpose", {"criteria": criterion("a", 50) + criterion("b", 50)},
        {"criteria": criterion("a", 50) + criterion("b", 50, purpose="cost_of_sale")}, id="one purpose for all",
    ),
    pytest.param(
        "KR723", "criteria.spend",
        {"criteria": criterion("a", 50, horizon="current", measure="base_revenue") + criterion("b", 50)},
        {"criteria": criterion("a", 49, horizon="current", measure="base_revenue") + criterion("b", 51)}, id="spend weighs half",
    ),
    pytest.param(
        "KR723", "criteria.spend",
        {"criteria": criterion("a", 30, horizon="current", measure="base_revenue") + criterion("b", 29)
            + criterion("c", 41, horizon="current")},
        {"criteria": criterion("a", 30, horizon="current", measure="base_revenue") + criterion("b", 30)
            + criterion("c", 40, horizon="current")}, id="spend weighs more than what lies ahead",
    ),
    pytest.param("KR724", "gates.value", {"gates": THREE.replace("id: value", "id: worth")}, {"gates": THREE}, id="a question not asked"),
    pytest.param("KR725", "states.inputs.potential", states("growth", "room >= 5"), states("room", "room >= 5"), id="growth as potential"),
    pytest.param("KR725", "states.mature", states("room", "growth >= 20%"), states("room", "growth >= 20% and room >= 5"), id="growth"),
    pytest.param("KR726", "limits", {"limits": ""}, {"limits": KEY}, id="no key tiers"),
    pytest.param(
        "KR726", "limits.at_most", {"limits": KEY.replace("at_most: 15% of accounts, ", "")},
        {"limits": KEY.replace("at_most: 15% of accounts, ", ""), "tiers": tier(", capacity: 5, tie_break: [points desc]")},
        id="neither a share nor a capacity",
    ),
    pytest.param(
        "KR727", "limits.accounts_per_manager", {"limits": KEY.replace("accounts_per_manager: 8, ", "")}, {"limits": KEY},
        id="no number for a manager",
    ),
    pytest.param("KR728", "tiers.because", {"tiers": tier("")}, {"tiers": tier(", because: B")}, id="a tier without a reason"),
    pytest.param("KR729", "tiers.source", {"tiers": tier(", because: B")}, {"tiers": tier(", because: B, source: S")}, id="no source"),
    pytest.param(
        "KR730", "tiers.t1.tie_break", {"tiers": tier(", capacity: 5")}, {"tiers": tier(", capacity: 5, tie_break: [points desc]")},
        id="a tie that nothing breaks",
    ),
    pytest.param(
        "KR730", "states.inputs.penetration", states("room", "room >= 5"), states("room", "room >= 5 and share <= 100%"),
        id="a share above the whole",
    ),
    pytest.param(
        "KR730", "effective", {"fiscal_year": "FY2026", "effective": "{from: 2026-02-01, to: 2026-12-31}"},
        {"effective": "{from: 2026-02-01, to: 2027-01-30}"},
        id="eleven months, and 52 weeks",
    ),
    pytest.param("KR731", "targets.at_risk", {"targets": targets("101%")}, {"targets": targets("100%")}, id="more than they bring today"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "subject", "bad", "good"), CASES)
def test_advice_is_given_to_the_policy_that_needs_it_and_not_to_its_neighbour(
    code: str, subject: str, bad: dict[str, str], good: dict[str, str]
):
    told = [f for f in found(**bad) if (f.code, f.subject) == (code, subject)]
    assert len(told) == 1
    assert told[0].level == page(code).LEVEL
    assert told[0].where is not None
    assert told[0].fix
    assert (code, subject) not in [(f.code, f.subject) for f in found(**good)]


def test_every_advice_has_its_case():
    assert {case.values[0] for case in CASES} == {f"KR7{n}" for n in range(21, 32)}


def test_req_1_9_the_two_by_two_shows_all_three_pairs_by_share_of_weight():
    """The four quarters of each pair sum to all weight."""
    found_ = quarters(policy(criteria=mix(A, B, C)))
    assert [next(quarter.name for quarter in pair) for pair in found_] == [
        "external, current", "external, quantitative", "current, quantitative",
    ]  # fmt: skip
    assert [sum((quarter.weight for quarter in pair), Fraction(0)) for pair in found_] == [1, 1, 1]
    assert [(quarter.name, quarter.weight, quarter.criteria) for quarter in found_[0]][1:] == [
        ("external, future", Fraction(33, 100), ("c1",)), ("internal, current", Fraction(33, 100), ("c2",)), ("internal, future", 0, ()),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("node", "way"),
    [
        pytest.param(BASE, 1, id="itself"),
        pytest.param(Arith("-", OTHER, BASE, Type.MONEY), -1, id="what is left"),
        pytest.param(Arith("/", BASE, OTHER, Type.RATIO), 1, id="a share"),
        pytest.param(Arith("/", OTHER, BASE, Type.RATIO), -1, id="per unit of it"),
        pytest.param(Arith("/", Arith("-", BASE, OTHER, Type.MONEY), OTHER, Type.RATIO), 1, id="growth"),
        pytest.param(Arith("/", Arith("-", BASE, OTHER, Type.MONEY), BASE, Type.RATIO), 1, id="the part that is new"),
        pytest.param(Arith("-", BASE, BASE, Type.MONEY), 0, id="neither"),
        pytest.param(OTHER, 0, id="another name"),
    ],
)
def test_a_measure_rises_or_falls_with_the_base(node: Arith | Read, way: int):
    assert rises(node, "base") == way
