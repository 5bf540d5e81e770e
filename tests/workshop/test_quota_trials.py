"""Tests beside a policy that expect a quota: the ladder over a few accounts, exact both ways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kam_rules.model.trial import Tested as Outcome
from kam_rules.pipeline.trials import run as trials
from tests.conftest import Said
from tests.money import book

Kam = Callable[..., Said]
ANA = [{"base_revenue": 800000, "grade": "solid"}, {"base_revenue": 500000, "grade": "risk"}]
BEN = [
    {"base_revenue": 1500000, "grade": "solid"},
    {"base_revenue": 700000, "grade": "risk"},
    {"base_revenue": 300000, "grade": "high"},
]
BESIDE = [{"owner": "ana", **one} for one in ANA] + [{"owner": "ben", **one} for one in BEN]


def expect(**more: object) -> dict[str, object]:
    return {"tier": "t2", "state": "high_potential", "target": "125%", **more}


def outcome(tmp_path: Path, top_down: object, expected: dict[str, object], beside: object = BESIDE, **sections: str) -> Outcome:
    """Run one test, whose own account is A1 of EX-4; the others of that book stand beside it."""
    item = {
        "name": "the book of EX-4",
        "given": {"account_id": "A1", "owner": "ana", "base_revenue": 1200000, "grade": "high"},
        "beside": beside,
        "top_down": top_down,
        "expect": expect(**expected),
    }
    path = tmp_path / "policy.tests.yaml"
    path.write_text(yaml.safe_dump({"tests": [{key: value for key, value in item.items() if value is not None}]}), encoding="utf-8")
    return trials.run(book.policy(**sections), [path])


def said(found: Outcome) -> list[str]:
    return [finding.message.partition(": ")[2] for finding in found.findings[0]]


@pytest.mark.parametrize(
    ("top_down", "rung", "ana", "ben", "manager"),
    [
        pytest.param(5250000, "cushion", (0, 2780000), (0, 2585000), (0, 5365000), id="surplus"),
        pytest.param(5380000, "on_plan", (0, 2780000), (0, 2585000), (0, 5365000), id="on plan: nobody's quota changes"),
        pytest.param(5600000, "rep", (121771, 2901771), (113229, 2698229), (0, 5600000), id="rep level, by target"),
        pytest.param(5961111, "manager", (0, 2780000), (0, 2585000), (596111, 5961111), id="the last figure the manager carries"),
    ],
)
def test_ex_5_as_tests_beside_the_policy(
    tmp_path: Path, top_down: int, rung: str, ana: tuple[int, int], ben: tuple[int, int], manager: tuple[int, int]
):
    """EX-5: every rung, with the lines of quota that it writes, on all engines."""
    figures = {"ana": ("supplement", *ana), "ben": ("supplement", *ben), "manager": ("hold_back", *manager)}
    quota = {holder: {name: part, "total": total} for holder, (name, part, total) in figures.items()}
    found = outcome(tmp_path, top_down, {"rung": rung, "quota": quota})
    assert said(found) == []
    assert found.engines == ("columnar", "durable", "reference")


def test_an_escalation_writes_no_quota(tmp_path: Path):
    """EX-5, sizeable: one more and the gap is 10.000013%."""
    lines = {name: {"total": "none"} for name in ("ana", "ben", "manager")}
    assert said(outcome(tmp_path, 5961112, {"rung": "too_large", "quota": lines})) == []


def test_a_quota_is_exact_both_ways(tmp_path: Path):
    """A line that is not listed must not be there; a figure that differs by one is told with its place."""
    found = outcome(tmp_path, 5600000, {"rung": "on_plan", "quota": {"ana": {"total": 2901770}, "eve": {"total": 1}}})
    assert said(found) == [
        "manager has a line unexpectedly; ben has a line unexpectedly; eve does not have a line",
        "quota.ana.total is 2901771, expected 2901770",
        "rung is rep, expected on_plan",
    ]


def test_the_figure_of_the_policy_itself_is_met_where_the_test_names_none(tmp_path: Path):
    assert said(outcome(tmp_path, None, {"rung": "rep"})) == []


def test_an_account_alone_belongs_to_a_rep_of_its_own(tmp_path: Path):
    quota = {"ana": {"committed": 1500000, "total": 1500000}, "manager": {"total": 1500000}}
    assert said(outcome(tmp_path, 1500000, {"rung": "on_plan", "quota": quota}, beside=None)) == []


def test_capacity_bounds_nobody_in_a_test(tmp_path: Path):
    """As in every test, the tier is the one that the account is eligible for."""
    tiers = "{if_unknown: hold, rules: [{id: top, when: score >= 10, capacity: 0, because: x}, {id: t2, otherwise: true}]}"
    found = outcome(tmp_path, 5600000, {"tier": "top", "rung": "rep"}, tiers=tiers)
    assert said(found) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"beside": [{"owner": "manager", "base_revenue": 1}]}, "'manager' leads the team", id="the manager owns one"),
        pytest.param({"beside": [{"account_id": "A1", "base_revenue": 1}]}, "two accounts of the test are called 'A1'", id="one id twice"),
        pytest.param({"expect": expect()}, "'beside' decides nothing", id="nothing of the ladder is expected"),
        pytest.param({"top_down": 0}, "'top_down' needs an amount above zero", id="a figure from above of nothing"),
        pytest.param({"expect": expect(rung="reps")}, "did you mean 'rep'?", id="no such rung"),
        pytest.param({"expect": expect(quota={"ana": {"totl": 1}})}, "did you mean 'total'?", id="no such figure"),
        pytest.param({"expect": expect(quota={"ana": {"total": "5%"}})}, "'quota.ana.total' needs a number", id="no amount"),
    ],
)
def test_a_quota_that_cannot_be_expected_is_told(tmp_path: Path, kam: Kam, change: dict[str, object], message: str):
    policy = tmp_path / "policy.yaml"
    policy.write_text(book.policy().sources[0].text, encoding="utf-8")
    item = {"name": "first", "given": {"account_id": "A1", "base_revenue": 1}, "expect": expect(rung="rep"), "beside": BESIDE} | change
    (tmp_path / "policy.tests.yaml").write_text(yaml.safe_dump({"tests": [item]}), encoding="utf-8")
    told = kam("test", policy)
    assert told.code == 3
    assert message in told.err


def test_a_quota_needs_a_ladder(tmp_path: Path, kam: Kam, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert kam("init", ".").code == 0
    item = {"name": "first", "given": {"base_revenue": 1}, "expect": {"tier": "core", "state": "mature", "target": "110%", "rung": "rep"}}
    Path("policy.tests.yaml").write_text(yaml.safe_dump({"tests": [item]}), encoding="utf-8")
    said_ = kam("test", "policy.yaml")
    assert said_.code == 3
    assert "KR870 a quota is expected, and the policy has no ladder that writes one" in said_.err
