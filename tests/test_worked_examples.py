"""The worked examples of the specification, each from a policy and a data file to the last digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from kam_rules.engine import explain
from kam_rules.model.run import Run
from tests.generators import outcomes, rules_of, run_case


def decide(folder: Path, rows: Sequence[Mapping[str, object]], **sections: str) -> Run:
    """Decide as the product does where nobody names an engine: by columns, with the witness beside."""
    return run_case(folder, rows, effective_on=None, sets=None, by="columnar", **sections)


# --- EX-1: a score with a missing value -------------------------------------------------------------------------------

EX1_FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    wallet: {type: money, min: 0}
    gross_margin: {type: money}
    ease: {type: rating, scale: [1, 5]}
    acquisition: {type: number, min: 0, max: 100}
    health: {type: number}
    since: {type: date}
    """
EX1_METRICS = """
    headroom: {type: money, is: wallet - base_revenue}
    penetration: {type: ratio, is: base_revenue / wallet}
    margin: {type: ratio, is: gross_margin / base_revenue}
    """
EX1_STATES = """
    inputs: {maturity: health, penetration: penetration, potential: headroom}
    if_unknown: hold
    rules:
      - {id: at_risk, when: health < 50, because: Serious work to retain}
      - {id: mature, otherwise: true, because: Solid}
    """
EX1_ACCOUNT = {
    "account_id": "EX1",
    "base_revenue": "1800000",
    "wallet": "3000000",
    "gross_margin": "576000",
    "ease": "4",
    "acquisition": None,
    "health": "60",
}


def criterion(id_: str, weight: int, measure: str, scale: str, if_missing: str = "reject") -> str:
    """Return one criterion as a policy writes it."""
    tags = "purpose: long_term_growth, kind: quantitative, about: customer, horizon: future"
    return f"- {{id: {id_}, weight: {weight}%, {tags}, measure: {measure}, if_missing: {if_missing}, {scale}}}\n"


def ex1_criteria(if_missing: str) -> str:
    """Return the six criteria of EX-1; the last one's measure is missing."""
    return (
        criterion("revenue", 20, "base_revenue", "line: {worst: 0, best: 5000000}")
        + criterion("growth", 25, "headroom", "bands: [{from: lowest, score: 0}, {from: 1000000, score: 100}]")
        + criterion("margin_", 15, "margin", "line: {worst: 10%, best: 50%}")
        + criterion("share", 15, "penetration", "line: {worst: 100%, best: 0%}")
        + criterion("ease_", 10, "ease", "line: {worst: 1, best: 5}")
        + criterion("acquisition_potential", 15, "acquisition", "line: {worst: 0, best: 100}", if_missing)
    )


def ex1_run(
    folder: Path, if_missing: str, *, acquisition: str | None = None, edge: str = "65", scoring: str = "{min_coverage: 70%, round: 2}"
) -> Run:
    """Decide EX-1's account."""
    tiers = f"""
        if_unknown: hold
        rules:
          - {{id: t1, when: score >= {edge}}}
          - {{id: t2, otherwise: true}}
        """
    return decide(
        folder,
        [EX1_ACCOUNT | {"acquisition": acquisition}],
        fields=EX1_FIELDS,
        metrics=EX1_METRICS,
        states=EX1_STATES,
        criteria=ex1_criteria(if_missing),
        tiers=tiers,
        scoring=scoring,
    )


def ex1(folder: Path, if_missing: str, **options: str | None) -> dict[str, object]:
    """Decide EX-1's account and return its outcome."""
    run = ex1_run(folder, if_missing, **options)  # type: ignore[arg-type]
    (growth,) = rules_of(run, "EX1", "criteria.growth")[0]
    return {**outcomes(run)["EX1"], "growth_band": growth}


def test_ex_1_each_criterion_scores_as_stated(tmp_path: Path) -> None:
    found = ex1(tmp_path, "renormalise")
    assert found["revenue.score"] == 36
    assert found["growth_band"] == "growth.1"
    assert found["margin_.score"] == 55
    assert found["share.score"] == 40
    assert found["ease_.score"] == 75
    assert found["acquisition_potential.score"] is None
    assert found["coverage"] == Fraction(85, 100)


@pytest.mark.parametrize(
    ("if_missing", "score", "tier"),
    [
        pytest.param("renormalise", "63.47", "t2", id="5395 / 85 = 63.470588"),
        pytest.param("zero", "53.95", "t2", id="5395 / 100"),
        pytest.param("{neutral: 50}", "61.45", "t2", id="(5395 + 750) / 100"),
        pytest.param("reject", None, None, id="no score, and so no tier"),
    ],
)
def test_ex_1_if_missing_says_what_a_missing_value_counts(tmp_path: Path, if_missing: str, score: str | None, tier: str | None) -> None:
    found = ex1(tmp_path, if_missing)
    assert found["score"] == (None if score is None else Fraction(score))
    assert (found["score_low"], found["score_high"]) == (Fraction("53.95"), Fraction("68.95"))
    assert found["needs_data"] is True
    assert found["tier"] == tier


def test_ex_1_renormalised_to_six_places(tmp_path: Path) -> None:
    found = ex1(tmp_path, "renormalise", scoring="{min_coverage: 70%, round: 6}")
    assert found["score"] == Fraction("63.470588")


@pytest.mark.parametrize(
    ("edge", "needs_data"),
    [
        pytest.param("53.94", False, id="below the interval: nothing can take the account under it"),
        pytest.param("53.95", False, id="on the low end: already met at worst"),
        pytest.param("53.96", True, id="just inside"),
        pytest.param("65", True, id="the threshold of the example"),
        pytest.param("68.95", True, id="on the high end: met at best"),
        pytest.param("68.96", False, id="above the interval: nothing can lift the account there"),
    ],
)
def test_ex_1_needs_data_where_an_edge_lies_inside_the_interval(tmp_path: Path, edge: str, needs_data: bool) -> None:  # noqa: FBT001
    assert ex1(tmp_path, "renormalise", edge=edge)["needs_data"] is needs_data


def test_ex_1_with_the_value_there_the_interval_closes(tmp_path: Path) -> None:
    found = ex1(tmp_path, "renormalise", acquisition="40")
    assert found["score"] == found["score_low"] == found["score_high"] == Fraction("59.95")
    assert found["needs_data"] is False


@pytest.mark.parametrize(
    ("acquisition", "score", "tier"),
    [
        pytest.param("73.63", "64.99", "t2", id="64.9945 rounds to 64.99"),
        pytest.param("73.64", "65", "t1", id="64.996 rounds to 65.00"),
        pytest.param("73.67", "65", "t1", id="65.0005 rounds to 65.00"),
    ],
)
def test_ex_1_tiers_compare_the_rounded_composite(tmp_path: Path, acquisition: str, score: str, tier: str) -> None:
    found = ex1(tmp_path, "renormalise", acquisition=acquisition)
    assert (found["score"], found["tier"]) == (Fraction(score), tier)


@pytest.mark.parametrize(
    ("decimals", "value"),
    [
        pytest.param("", "73.635", id="six decimals: 73.635 scores 73.64, half to even"),
        pytest.param(", decimals: 2", "73.64", id="two decimals: (6499.5 - 5395) / 15 = 73.633, and the next that it can hold"),
        pytest.param(", decimals: 0", "74", id="whole numbers"),
    ],
)
def test_ex_1_the_trail_names_the_value_that_flips_the_tier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decimals: str, value: str
) -> None:
    """From an acquisition_potential score of 73.64 on the account is t1: the composite is 64.995, which rounds to 65.00."""
    monkeypatch.setattr("tests.test_worked_examples.EX1_FIELDS", EX1_FIELDS.replace("max: 100}", f"max: 100{decimals}}}"))
    (flip,) = explain(ex1_run(tmp_path, "zero"), "EX1")["score"]["flips"]
    first = flip["values"][0] if flip["values"] else flip["from"]
    assert (flip["field"], flip["tier"], first) == ("acquisition", "t1", value)


@pytest.mark.parametrize(("least", "scored"), [("85%", True), ("85.01%", False), ("84.99%", True)])
def test_ex_1_below_the_least_coverage_there_is_no_score(tmp_path: Path, least: str, scored: bool) -> None:  # noqa: FBT001
    found = ex1(tmp_path, "renormalise", scoring=f"{{min_coverage: {least}, round: 2}}")
    assert (found["score"] is not None) is scored
    assert found["coverage"] == Fraction(85, 100)


# --- EX-2: a tier with capacity and ties ------------------------------------------------------------------------------

EX2_GATES = "- {id: willingness, ask: Have they shown that they want to partner, when: willing, because: Article 001}"
EX2_TIERS = """
    if_unknown: hold
    rules:
      - {id: t1, when: score >= 65, capacity: 2, tie_break: [headroom desc]}
      - {id: t2, otherwise: true}
    """
EX2_ACCOUNTS: list[dict[str, str | None]] = [
    {"account_id": "A", "base_revenue": "1", "points": "71.5", "headroom": "1000000", "willing": "yes"},
    {"account_id": "B", "base_revenue": "1", "points": "71.5", "headroom": "2000000", "willing": "yes"},
    {"account_id": "C", "base_revenue": "1", "points": "69.0", "headroom": "9000000", "willing": "yes"},
    {"account_id": "D", "base_revenue": "1", "points": "63.0", "headroom": "9000000", "willing": "yes"},
    {"account_id": "E", "base_revenue": "1", "points": "80.0", "headroom": "9000000", "willing": None},
]


@pytest.mark.parametrize("rows", [EX2_ACCOUNTS, EX2_ACCOUNTS[::-1]], ids=["in order", "in reverse"])
def test_ex_2_without_incumbents_b_then_a_are_seated(tmp_path: Path, rows: list[dict[str, str | None]]) -> None:
    """The tie of 71.5 goes to the larger headroom; C loses its seat to capacity, D never met the condition."""
    found = outcomes(decide(tmp_path, rows, gates=EX2_GATES, tiers=EX2_TIERS))
    seats = {id_: (row["tier"], row["seat"], row["seat_rank"], row["lost_tier"]) for id_, row in found.items()}
    assert seats["B"] == ("t1", "seated", 1, None)
    assert seats["A"] == ("t1", "seated", 2, None)
    assert seats["C"] == ("t2", "capacity", None, "t1")
    assert seats["D"] == ("t2", "open", None, None)


def test_ex_2_an_unanswered_gate_excludes_the_best_score(tmp_path: Path) -> None:
    """E scores 80 for the trail and holds no tier; its seat is not kept for it."""
    run = decide(tmp_path, EX2_ACCOUNTS, gates=EX2_GATES, tiers=EX2_TIERS)
    found = outcomes(run)["E"]
    assert (found["tier"], found["seat"], found["score"]) == ("not_qualified", "not_qualified", Fraction(80))
    assert rules_of(run, "E", "gates") == ((), ("willingness",))
    assert found["state"] is None


def test_ex_2_with_the_gate_answered_e_takes_the_first_seat(tmp_path: Path) -> None:
    rows = [row | {"willing": "yes"} for row in EX2_ACCOUNTS]
    found = outcomes(decide(tmp_path, rows, gates=EX2_GATES, tiers=EX2_TIERS))
    assert {id_ for id_, row in found.items() if row["tier"] == "t1"} == {"E", "B"}
    assert (found["A"]["tier"], found["A"]["seat"]) == ("t2", "capacity")


# --- EX-4: state, target, baselines -----------------------------------------------------------------------------------

EX4_FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    wallet: {type: money, min: 0}
    health: {type: number, min: 0, max: 100}
    industry: {type: category, values: [Financial Services, Healthcare]}
    tenure: {type: number}
    points: {type: number}
    since: {type: date}
    """
EX4_METRICS = """
    headroom: {type: money, is: wallet - base_revenue}
    penetration: {type: ratio, is: base_revenue / wallet}
    """
EX4_STATES = """
    inputs: {maturity: tenure, penetration: penetration, potential: headroom}
    if_unknown: hold
    rules:
      - {id: at_risk, when: health < 50, because: Serious work to retain}
      - {id: high_potential, when: penetration < 40% and headroom >= 250000, because: Under-penetrated}
      - {id: mature, otherwise: true, because: Solid and well penetrated}
    """
EX4_TARGETS = """
    base: {field: base_revenue, basis: opening_arr}
    plausible: [0%, 300%]
    by_state:
      at_risk: {floor: 70%, target: 80%, aspirational: 100%}
      high_potential: {floor: 110%, target: 125%, aspirational: 140%}
      mature: {floor: 100%, target: 100% + inflation + 5%, aspirational: 115%}
    zero_base: {lapsed_when: known(since), prospect: none, lapsed: none}
    baselines: {uniform: top_down_nrr, industry: {Financial Services: 120%, otherwise: 108%}}
    """
EX4_ASSUMPTIONS = """
    inflation: {2026-02-01: {value: 5%, source: Planning rates, approved_by: finance}}
    top_down_nrr: {2026-02-01: {value: 112%, source: Board plan, approved_by: cfo}}
    """
FS, OTHER = "Financial Services", "Healthcare"
EX4 = [
    ("A1", "Ana", "high_potential", FS, 1200000, 4000000, 80, "125%", 1500000, 1344000, 1440000),
    ("A2", "Ana", "mature", OTHER, 800000, 1000000, 80, "110%", 880000, 896000, 864000),
    ("A3", "Ana", "at_risk", OTHER, 500000, 5000000, 40, "80%", 400000, 560000, 540000),
    ("B1", "Ben", "mature", FS, 1500000, 1600000, 80, "110%", 1650000, 1680000, 1800000),
    ("B2", "Ben", "at_risk", OTHER, 700000, 800000, 49, "80%", 560000, 784000, 756000),
    ("B3", "Ben", "high_potential", OTHER, 300000, 1000000, 50, "125%", 375000, 336000, 324000),
]
EX4_NAMES = ("account_id", "owner", "state", "industry", "base_revenue", "wallet", "health")
EX4_READ = ("account_id", "owner", "industry", "base_revenue", "wallet", "health")


def ex4(folder: Path, targets: str = EX4_TARGETS, **changes: dict[str, str | None]) -> dict[str, dict[str, object]]:
    """Decide the six accounts, with some of their values changed."""
    rows = []
    for line in EX4:
        row: dict[str, str | None] = {name: str(value) for name, value in zip(EX4_NAMES, line, strict=False) if name in EX4_READ}
        rows.append(row | {"points": "50"} | changes.get(str(row["account_id"]), {}))
    run = decide(
        folder,
        rows,
        fields=EX4_FIELDS,
        metrics=EX4_METRICS,
        states=EX4_STATES,
        targets=targets,
        assumptions=EX4_ASSUMPTIONS,
    )
    return outcomes(run)


@pytest.mark.parametrize("line", EX4, ids=[str(line[0]) for line in EX4])
def test_ex_4_state_target_and_both_baselines_of_each_account(tmp_path: Path, line: tuple[object, ...]) -> None:
    account, owner, state, _, base, _, _, nrr, target, uniform, industry = line
    found = ex4(tmp_path)[str(account)]
    assert (found["state"], found["owner"], found["base"]) == (state, owner, base)
    assert found["target_nrr"] == Fraction(str(nrr).rstrip("%")) / 100
    assert (found["target_amount"], found["uniform_amount"], found["industry_amount"]) == (target, uniform, industry)


def test_ex_4_the_books_of_ana_and_ben(tmp_path: Path) -> None:
    """Uniform asks Ben for 215,000 more than his book supports, and Ana for 20,000."""
    found = ex4(tmp_path)

    def total(name: str, owner: str = "") -> Fraction:
        return sum((Fraction(str(row[name])) for row in found.values() if owner in ("", row["owner"])), Fraction(0))

    assert [total("target_amount", owner) for owner in ("Ana", "Ben", "")] == [2780000, 2585000, 5365000]
    assert total("target_amount", "Ana") / total("base", "Ana") == Fraction("1.112")
    assert total("target_amount", "Ben") / total("base", "Ben") == Fraction("1.034")
    assert total("target_amount") / total("base") == Fraction("1.073")
    assert [total(name) for name in ("uniform_amount", "industry_amount")] == [5600000, 5724000]
    assert total("industry_amount") / total("base") == Fraction("1.1448")
    assert total("uniform_amount", "Ben") - total("target_amount", "Ben") == 215000
    assert total("uniform_amount", "Ana") - total("target_amount", "Ana") == 20000


def test_ex_4_floor_and_aspiration_stand_beside_the_target(tmp_path: Path) -> None:
    found = ex4(tmp_path)
    amounts = {id_: (row["floor_amount"], row["aspirational_amount"]) for id_, row in found.items()}
    assert amounts["A1"] == (1320000, 1680000)
    assert amounts["A2"] == (800000, 920000)
    assert amounts["A3"] == (350000, 500000)


def test_ex_4_without_an_industry_there_is_no_industry_baseline(tmp_path: Path) -> None:
    """A missing industry is not `otherwise`; the target does not depend on it."""
    for targets in (EX4_TARGETS, EX4_TARGETS.replace("Financial Services: 120%, ", "")):
        found = ex4(tmp_path, targets, A2={"industry": None})["A2"]
        assert found["industry_amount"] is None
        assert (found["target_amount"], found["uniform_amount"]) == (880000, 896000)


@pytest.mark.parametrize(
    ("account", "changes", "state"),
    [
        pytest.param("B3", {"wallet": "750000.01"}, "high_potential", id="a hair below 40%"),
        pytest.param("B3", {"wallet": "750000"}, "mature", id="at 40% it is penetrated"),
        pytest.param("B3", {"base_revenue": "100000", "wallet": "350000"}, "high_potential", id="headroom on the line"),
        pytest.param("B3", {"base_revenue": "100000", "wallet": "349999.99"}, "mature", id="headroom a cent below"),
        pytest.param("B3", {"wallet": None}, None, id="without a wallet nobody guesses"),
        pytest.param("B3", {"wallet": None, "health": "49.99"}, "at_risk", id="what stands above decides without it"),
    ],
)
def test_req_0_11_high_potential_asks_for_under_penetration_and_for_room(
    tmp_path: Path, account: str, changes: dict[str, str | None], state: str | None
) -> None:
    found = ex4(tmp_path, EX4_TARGETS, **{account: changes})[account]
    assert found["state"] == state
    assert (found["target_amount"] is None) is (state is None)
