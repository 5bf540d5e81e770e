"""Tests beside a policy: exact in both directions, on every engine, and counted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest
import yaml

from kam_rules import workshop
from kam_rules.backends import backends
from kam_rules.model.policy import Source
from kam_rules.model.trial import Tested as Outcome
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.trials import read
from kam_rules.pipeline.trials.attempt import laid
from kam_rules.pipeline.trials.coverage import items, open_
from tests.conftest import ROOT, Said
from tests.generators import policy_text

Kam = Callable[..., Said]
SHIPPED = [
    ROOT / "policies/key-accounts/fy2027.yaml",
    ROOT / "policies/resellers/fy2020.yaml",
    ROOT / "policies/resellers/fy2021.yaml",
    ROOT / "kam_rules/starter/policy.yaml",
]
STARTER = (ROOT / "kam_rules/starter/policy.yaml").read_text(encoding="utf-8")
GIVEN = "base_revenue: 100000, wallet: 400000, gross_margin: -5, health_score: 82, alignment: 4, values_strengths: true, willing: true"
RIGHT = "tier: key, state: high_potential, target: 125%, triggers: [unprofitable]"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the starter policy alone, standing in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text(STARTER, encoding="utf-8")
    return tmp_path


def write(folder: Path, expect: str = RIGHT, given: str = GIVEN, more: str = "") -> None:
    text = f"tests:\n  - name: first\n    given: {{{given}}}\n    expect: {{{expect}}}\n{more}"
    (folder / "policy.tests.yaml").write_text(text, encoding="utf-8")


# --- What is expected ----------------------------------------------------------------------------------------------------


def test_a_test_that_holds_passes_on_all_three_engines(project: Path, kam: Kam):
    write(project)
    found = workshop.run_tests("policy.yaml")
    assert found.failed == 0
    assert found.engines == tuple(sorted(backends())) == ("columnar", "durable", "reference")
    said = kam("test", "policy.yaml")
    assert said.code == 0
    assert said.out.startswith("policy.yaml: all 1 tests passed")


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        pytest.param(RIGHT.replace("tier: key", "tier: core"), "tier is key, expected core", id="another tier"),
        pytest.param(RIGHT.replace("tier: key", "tier: undecided"), "tier is key, expected undecided", id="no tier"),
        pytest.param(RIGHT.replace("high_potential", "mature"), "state is high_potential, expected mature", id="another state"),
        pytest.param(RIGHT.replace("125%", "125.0001%"), "target is 125%, expected 125.0001%", id="a target a millionth off"),
        pytest.param(RIGHT.replace("125%", "none"), "target is 125%, expected none", id="no target"),
        pytest.param(RIGHT.replace("[unprofitable]", "[]"), "unprofitable fires unexpectedly", id="an unexpected trigger"),
        pytest.param(RIGHT.partition(", triggers")[0], "unprofitable fires unexpectedly", id="triggers left out are none"),
        pytest.param(f"{RIGHT}, amount: 125000.01", "amount is 125000, expected 125000.01", id="an amount a cent off"),
        pytest.param(f"{RIGHT}, score: 70.32", "score is 70.31, expected 70.32", id="a score a hundredth off"),
        pytest.param(f"{RIGHT}, rules: [tiers.key]", "states.high_potential decides unexpectedly", id="rules left out"),
    ],
)
def test_a_test_that_does_not_hold_fails_and_says_what_is_decided(project: Path, kam: Kam, expect: str, said: str):
    write(project, expect)
    told = kam("test", "policy.yaml")
    assert told.code == 1
    assert "KR852 first: " in told.out
    assert said in " ".join(told.out.split())
    assert "policy.tests.yaml:4:" in told.out


def test_a_trigger_that_does_not_fire_fails(project: Path, kam: Kam):
    write(project, RIGHT, GIVEN.replace("-5", "5"))
    assert "unprofitable does not fire" in kam("test", "policy.yaml").out


def test_rules_are_exact_both_ways(project: Path, kam: Kam):
    rules = [
        *("gates.strategic_alignment.pass", "gates.value.pass", "gates.willingness.pass", "criteria.growth_potential.2"),
        *("tiers.key", "states.high_potential", "targets.high_potential"),
    ]
    write(project, f"{RIGHT}, rules: [{', '.join(rules)}]")
    assert kam("test", "policy.yaml").code == 0
    write(project, f"{RIGHT}, rules: [{', '.join([*rules, 'tiers.core'])}]")
    assert "tiers.core does not decide" in kam("test", "policy.yaml").out


def test_the_tier_of_a_test_is_the_one_it_is_eligible_for(project: Path, kam: Kam):
    """There are no other accounts: neither capacity nor a share limit takes the seat."""
    text = STARTER.replace("at_most: 50% of accounts", "at_most: 1% of accounts")
    (project / "policy.yaml").write_text(text, encoding="utf-8")
    write(project)
    assert kam("test", "policy.yaml").code == 0


def test_what_is_not_given_is_missing(project: Path, kam: Kam):
    write(project, "tier: not_qualified, state: undecided, target: none", "base_revenue: 1")
    assert kam("test", "policy.yaml").code == 0


def test_each_test_has_its_own_day(project: Path, kam: Kam):
    """The assumption of the day holds: 100% + inflation + 5%."""
    dated = STARTER.replace("approved_by: nobody yet}", "approved_by: nobody yet}\n    2026-10-01: {value: 7%, source: s, approved_by: a}")
    (project / "policy.yaml").write_text(dated, encoding="utf-8")
    given, expect = "{base_revenue: 100, wallet: 100, health_score: 90}", "{tier: not_qualified, state: mature, target: %s}"
    tests = [f"  - {{name: t{day}, as_of: {day}, given: {given}, expect: {expect % target}}}\n" for day, target in
             (("2026-06-30", "110%"), ("2026-09-30", "110%"), ("2026-10-01", "112%"))]  # fmt: skip
    (project / "policy.tests.yaml").write_text("tests:\n" + "".join(tests), encoding="utf-8")
    assert kam("test", "policy.yaml").code == 0


# --- What cannot be a test ---------------------------------------------------------------------------------------------


def test_no_tests_found_is_not_success(project: Path, kam: Kam):  # noqa: ARG001
    said = kam("test", "policy.yaml")
    assert said.code == 2
    assert "KR851" in said.err
    assert "kam-rules test generate policy.yaml" in said.err


def test_a_file_without_tests_is_not_success(project: Path, kam: Kam):
    (project / "policy.tests.yaml").write_text("tests: []\n", encoding="utf-8")
    said = kam("test", "policy.yaml")
    assert said.code == 3
    assert "KR106" in said.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("tier: key", "tier: kay", "KR311 there is no tier 'kay'", id="no such tier"),
        pytest.param("high_potential", "high_potentiel", "did you mean 'high_potential'?", id="no such state"),
        pytest.param("[unprofitable]", "[unprofitabel]", "KR311 there is no trigger 'unprofitabel'", id="no such trigger"),
        pytest.param("triggers: [unprofitable]", "rules: [tiers.kay]", "did you mean 'tiers.key'?", id="no such rule"),
        pytest.param("wallet:", "walet:", "KR311 there is no field 'walet'", id="no such field"),
        pytest.param("125%", "1.25", "KR105 'target' needs a percent such as 110%, or none", id="a target without a percent sign"),
        pytest.param("state: high_potential, ", "", "KR102 'expect' has no 'state'", id="nothing said of the state"),
        pytest.param("tier: key", "tier: key, quota: 5", "KR103", id="a quota is a table of lines"),
        pytest.param("tier: key", "tire: key, tier: key", "KR101", id="a key that is not known"),
    ],
)
def test_a_file_of_tests_at_fault_is_told_with_its_place(project: Path, kam: Kam, old: str, new: str, said: str):
    write(project)
    path = project / "policy.tests.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    told = kam("test", "policy.yaml")
    assert told.code == 3
    assert said in told.err
    assert "policy.tests.yaml:" in told.err


def test_a_value_out_of_contract_fails_its_test(project: Path, kam: Kam):
    """It would be read as missing, and the test would hold something else than it says."""
    write(project, given=GIVEN.replace("alignment: 4", "alignment: 6"))
    told = kam("test", "policy.yaml")
    assert told.code == 1
    assert "KR422 first: alignment '6': out of contract: 1 to 5" in told.out


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize(("value", "code"), [("132%", 0), ("1.32", 3), ("0", 1)])
def test_a_ratio_is_given_as_a_percent(tmp_path: Path, kam: Kam, value: str, code: int):
    """As everywhere in a policy: 1.32 could be meant as 132% or as 1.32%."""
    text = (ROOT / "policies/key-accounts/fy2027.tests.yaml").read_text().replace("planned_nrr: 132%", f"planned_nrr: {value}")
    (tmp_path / "t.yaml").write_text(text)
    said = kam("test", "policies/key-accounts/fy2027.yaml", "--tests", tmp_path / "t.yaml")
    assert said.code == code
    assert ("KR105 'planned_nrr' is a ratio, not a bare number" in said.err) is (code == 3)


def test_two_tests_of_one_name_are_told(project: Path, kam: Kam):
    write(project, more=f"  - name: first\n    given: {{{GIVEN}}}\n    expect: {{{RIGHT}}}\n")
    assert "KR307 the test 'first' stands twice" in kam("test", "policy.yaml").err


def test_an_engine_that_decides_a_test_otherwise_ends_with_6(project: Path, kam: Kam, monkeypatch: pytest.MonkeyPatch):
    from kam_rules.backends import columnar
    from kam_rules.model.outcome import Layout

    right = columnar.Columnar.decide

    def wrong(self: columnar.Columnar, stage: object, table: pl.DataFrame, progress: object) -> pl.DataFrame:
        answer = right(self, stage, table, progress)  # type: ignore[arg-type]
        slots = Layout(stage).slots.get(("states", "rule"), ())  # type: ignore[arg-type]
        return answer.with_columns((pl.col(s.word) & ~(((1 << s.bits) - 1) << s.shift)) + (1 << s.shift) for s in slots)

    write(project)
    monkeypatch.setattr(columnar.Columnar, "decide", wrong)
    told = kam("test", "policy.yaml")
    assert told.code == 6
    assert "first: 'states' is rule 'high_potential' by reference, rule 'lapsed' by columnar" in told.err


# --- What is reached -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_tests_of_a_shipped_policy_pass_and_reach_all_of_it(policy: Path):
    found = workshop.run_tests(policy)
    assert [finding for told in found.findings for finding in told] == []
    assert [item.name for item in found.items if not item.covered] == []
    assert len(found.engines) == 3
    assert {item.kind for item in found.items} == {"rules", "edges", "gates"}


@pytest.mark.parametrize(("threshold", "code"), [(0, 0), (20, 1), (100, 1)])
def test_below_the_threshold_ends_with_1(project: Path, kam: Kam, threshold: int, code: int):
    write(project)
    said = kam("test", "policy.yaml", "--threshold", threshold)
    assert said.code == code
    assert ("KR853" in said.out) is bool(code)


def test_exactly_on_the_threshold_is_enough(project: Path, kam: Kam):
    """A threshold is inclusive, as every edge is. The one test answers each gate in one of three ways."""
    write(project)
    found = workshop.run_tests("policy.yaml")
    assert [(kind, covered, total) for kind, covered, total in _shares(found)][2] == ("gates", 3, 9)
    told = kam("test", "policy.yaml", "--threshold", 33)
    assert "of 9 gates" not in told.out
    assert "3 of 9 gates: 33.3% of 34%" in kam("test", "policy.yaml", "--threshold", 34).out


def _shares(found: Outcome) -> list[tuple[str, int, int]]:
    from kam_rules.pipeline.trials.run import shares

    return list(shares(found))


def test_what_is_missed_is_printed(project: Path, kam: Kam):
    write(project)
    said = kam("test", "policy.yaml", "--coverage", "--format", "json")
    missed = {row["item"] for row in json.loads(said.out)["missed"]}
    assert {"tiers.core", "gates.value.fail", "triggers.unprofitable: margin < 0%", "criteria.share_of_account: at 90%"} <= missed
    assert "tiers.key" not in missed
    assert "triggers.unprofitable" not in missed


EDGE = "states.at_risk: health_score < 50"


@pytest.mark.parametrize(
    ("scores", "reached"),
    [
        pytest.param(("50",), False, id="on the edge alone"),
        pytest.param(("49.999999",), False, id="past it alone"),
        pytest.param(("50", "49.999999"), True, id="on it, and one step past it"),
        pytest.param(("50", "49"), False, id="on it, and far past it"),
        pytest.param(("50", "50.000001"), False, id="on it, and on the side that does not turn"),
    ],
)
def test_an_edge_is_reached_by_two_tests(project: Path, scores: tuple[str, ...], reached: bool):  # noqa: FBT001 - one of two outcomes
    expect = {True: "state: mature, target: 110%", False: "state: at_risk, target: 80%"}
    tests = "".join(
        f"  - {{name: t{score}, given: {{base_revenue: 1, wallet: 1, health_score: {score}}},"
        f" expect: {{tier: not_qualified, {expect[score >= '50']}}}}}\n"
        for score in scores
    )
    (project / "policy.tests.yaml").write_text(f"tests:\n{tests}", encoding="utf-8")
    found = workshop.run_tests("policy.yaml")
    assert found.failed == 0
    assert next(item.covered for item in found.items if item.name == EDGE) is reached


@pytest.mark.parametrize(
    ("when", "can"),
    [
        pytest.param("health >= 3", True, id="a missing value leaves a comparison unknown"),
        pytest.param("known(health) and health >= 3", False, id="what is asked for first cannot be unknown"),
        pytest.param("health >= 3 and known(health)", False, id="in either order"),
        pytest.param("known(health) or health >= 3", True, id="or does not shield"),
        pytest.param("known(points) and health >= 3", True, id="another field does not shield"),
        pytest.param("known(health) and base_revenue / health >= 3", True, id="a division may be missing by itself"),
        pytest.param("base_revenue >= 3", True, id="a required field is tried without, too: nothing certain is claimed"),
    ],
)
def test_a_gate_is_asked_for_unknown_only_where_it_can_be(when: str, can: bool):  # noqa: FBT001 - one of two outcomes
    gates = f"""
        - {{id: g, ask: Is it?, when: '{when}', because: b}}
        """
    policy = check_text(policy_text(gates=gates), Source("p", ""))
    program = laid(policy, policy.start)
    assert open_(program, program.ranking.list("gates").rules[0].when) is can
    assert ("gates.g.unknown" in {item.name for item in items(program)}) is can


# --- Outputs -------------------------------------------------------------------------------------------------------------


def test_junit_has_a_case_for_each_test(project: Path, kam: Kam):
    write(project, RIGHT.replace("125%", "120%"), more=f"  - name: second\n    given: {{{GIVEN}}}\n    expect: {{{RIGHT}}}\n")
    said = kam("test", "policy.yaml", "--format", "junit")
    assert said.code == 1
    found = ET.fromstring(said.out)  # noqa: S314 - our own
    assert {case.attrib["name"]: len(list(case)) for case in found.iter("testcase")} == {"first": 1, "second": 0}
    assert found.attrib["tests"] == "2"


# --- Written tests -------------------------------------------------------------------------------------------------------


def test_tests_are_generated_once_pass_and_reach_all(project: Path, kam: Kam):
    """At, just below and just above every edge, and with the value missing."""
    said = kam("test", "generate", "policy.yaml")
    assert said.code == 0, said.err
    path = project / "policy.edges.tests.yaml"
    tests = {test["name"]: test["given"] for test in yaml.safe_load(path.read_text())["tests"]}
    on, below, above = (tests[f"{EDGE} - {where}"] for where in ("exactly on it", "just below", "just above"))
    assert [values["health_score"] for values in (below, on, above)] == [49.999999, 50, 50.000001]
    assert {key: value for key, value in on.items() if key != "health_score"} in tests.values()
    assert kam("test", "policy.yaml", "--threshold", 100).code == 0
    before = path.read_bytes()
    again = kam("test", "generate", "policy.yaml")
    assert (again.code, "KR501" in again.err) == (2, True)
    assert path.read_bytes() == before == (ROOT / "kam_rules/starter/policy.edges.tests.yaml").read_bytes(), "every time the same"


def shifts() -> list[tuple[str, str]]:
    """Return the starter policy's edges, each moved by its smallest step up and down."""
    steps = {"50000": "0.01", "250000": "0.01", "75": "0.01", "55": "0.01", "50": "0.000001", "3": "1", "40%": "0.0001", "0%": "0.0001"}
    steps |= {"90%": "0.1", "10%": "0.1", "50%": "0.1"}
    spots = re.findall(
        r"alignment >= 3|from: 50000|from: 250000|score >= 75|score >= 55|health_score < 50|penetration < 40%|headroom >= 250000|"
        r"margin < 0%|worst: 90%|best: 10%|worst: 10%|best: 50%",
        STARTER,
    )
    found = []
    for spot in spots:
        head, _, number = spot.rpartition(" ")
        for way in (1, -1):
            sign = "%" if number.endswith("%") else ""
            moved = pl.Series([number.rstrip("%")]).str.to_decimal(scale=6)[0] + way * pl.Series([steps[number]]).str.to_decimal(scale=6)[0]
            found.append((spot, f"{head} {moved.normalize():f}{sign}"))
    return found


@pytest.mark.parametrize(("spot", "moved"), shifts(), ids=lambda text: text.replace(" ", "_"))
def test_the_generated_tests_see_every_edge_move_by_its_smallest_step(tmp_path: Path, spot: str, moved: str):
    """What full coverage promises: no edge can move unseen."""
    assert STARTER.count(spot) == 1
    (tmp_path / "policy.yaml").write_text(STARTER.replace(spot, moved), encoding="utf-8")
    edges = ROOT / "kam_rules/starter/policy.edges.tests.yaml"
    assert workshop.run_tests(tmp_path / "policy.yaml", [edges]).failed > 0


@pytest.mark.usefixtures("at_root")
def test_a_real_account_becomes_a_test_that_passes(tmp_path: Path, kam: Kam):
    for name in ("policy.yaml", "data.yaml", "accounts.csv"):
        (tmp_path / name).write_bytes((ROOT / "kam_rules/starter" / name).read_bytes())
    policy, data = tmp_path / "policy.yaml", tmp_path / "data.yaml"
    assert kam("test", "create", policy, data, "A-01").code == 0
    assert kam("test", "create", policy, data, "A-05", "--name", "second: a [name] # with, traps").code == 0
    tests = yaml.safe_load((tmp_path / "policy.tests.yaml").read_text())["tests"]
    assert [test["name"] for test in tests] == ["A-01 of accounts.csv", "second: a [name] # with, traps"]
    assert "tenure_years" not in tests[0]["given"], "a value that decides nothing is left out"
    assert workshop.run_tests(policy).failed == 0


@pytest.mark.usefixtures("at_root")
def test_an_added_test_leaves_what_stands_there_as_it_is(tmp_path: Path, kam: Kam):
    for name in ("policy.yaml", "data.yaml", "accounts.csv"):
        (tmp_path / name).write_bytes((ROOT / "kam_rules/starter" / name).read_bytes())
    before = f"# mine\ntests:\n- name: first   # why\n  given: {{{GIVEN}}}\n  expect: {{{RIGHT}}}"
    path = tmp_path / "policy.tests.yaml"
    path.write_text(before, encoding="utf-8")
    call = ("test", "create", tmp_path / "policy.yaml", tmp_path / "data.yaml", "A-01")
    assert kam(*call).code == 0
    assert path.read_text().startswith(f"{before}\n\n- name: A-01 of accounts.csv\n")
    assert workshop.run_tests(tmp_path / "policy.yaml").failed == 0
    again = kam(*call)
    assert (again.code, "KR854 there is a test 'A-01 of accounts.csv' already" in again.err) == (2, True)
    path.write_text(f"tests: [{{name: x, given: {{{GIVEN}}}, expect: {{{RIGHT}}}}}]\n", encoding="utf-8")
    flow = kam(*call)
    assert (flow.code, "KR854 no test can be added at the end" in flow.err) == (2, True)
    assert path.read_text().count("name:") == 1
    assert "did you mean 'A-01'?" in kam(*call[:-1], "A-1").err


def test_the_example_of_the_reference_passes(project: Path, kam: Kam):
    lines = (read.__doc__ or "").partition("Example:\n")[2].partition("\n\n")[0].splitlines()
    (project / "policy.tests.yaml").write_text("\n".join(line[4:] for line in lines), encoding="utf-8")
    assert kam("test", "policy.yaml").code == 0
