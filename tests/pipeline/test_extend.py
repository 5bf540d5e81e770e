"""Issue 6, lineage: what a policy says by extending another, where each value stands, and that a run of it can be opened alone."""

from __future__ import annotations

import copy
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine, workshop
from kam_rules.model.amounts import percent
from kam_rules.model.document import plain
from kam_rules.model.errors import PolicyError, UsageError
from kam_rules.model.policy import Policy, Source
from kam_rules.pipeline.check import check, check_text
from kam_rules.pipeline.load import parse
from tests.conftest import ROOT, SAAS

OLD = ROOT / "tests/cases/minimal.yaml"
PARENT: dict[str, Any] = plain(parse(OLD.read_text(encoding="utf-8"), "old.yaml"))  # type: ignore[assignment]
HEAD = {"extends": "minimal.yaml", "fiscal_year": "FY2028", "effective": {"from": "2027-07-01", "to": "2028-06-30"}}


def extending(**sections: object) -> Policy:
    """Check a policy that extends the minimal one."""
    return check_text(yaml.safe_dump(HEAD | sections, sort_keys=False), Source("new.yaml", ""), OLD.with_name("new.yaml"))


def ids(policy: Policy, list_id: str) -> list[str]:
    """Return the rules that people wrote, in order."""
    return [rule.id for rule in policy.program.list(list_id).rules if not rule.built_in]


def meaning(policy: Policy) -> str:
    """Return all that a policy decides by, without places."""
    parts = (policy.start, policy.end, policy.definition, policy.assumptions, policy.program, policy.year)
    return re.sub(r"Where\([^)]*\)", "", repr(parts))


# --- How it merges ----------------------------------------------------------------------------------------------------


def test_what_is_not_written_again_is_as_the_older_policy_says():
    new, old = extending(), check(OLD)
    assert (new.fiscal_year, str(new.start)) == ("FY2028", "2027-07-01")
    assert meaning(new).partition("Assumption")[2] == meaning(old).partition("Assumption")[2]


@pytest.mark.parametrize(
    ("item", "order"),
    [
        pytest.param({"id": "top", "when": "score >= 50"}, ["key", "top", "core"], id="before otherwise, where it says nothing"),
        pytest.param({"id": "top", "when": "score >= 90", "before": "key"}, ["top", "key", "core"], id="before: ID"),
        pytest.param({"id": "top", "when": "score >= 60", "after": "key"}, ["key", "top", "core"], id="after: ID"),
        pytest.param({"id": "key", "remove": "true"}, ["core"], id="remove drops it"),
        pytest.param({"id": "key", "capacity": "9"}, ["key", "core"], id="one that is there keeps its place"),
    ],
)
def test_a_list_with_ids_is_merged_item_by_item(item: dict[str, str], order: list[str]):
    limits = {"key_tiers": ["core"]} if item.get("remove") else {}
    assert ids(extending(tiers={"rules": [item]}, limits=limits), "tiers") == order


def test_an_item_is_merged_key_by_key_and_a_list_without_ids_is_replaced_whole():
    new = extending(criteria=[{"id": "growth_potential", "bands": [{"from": "lowest", "score": "5"}, {"from": "9", "score": "10"}]}])
    growth = new.program.criteria[0]
    assert [(edge, int(score)) for edge, score in growth.edges] == [(None, 5), (Fraction(9), 10)]
    assert percent(growth.weight) == "60%"


def test_a_dated_figure_gains_dates_and_keeps_those_it_had():
    value = {"value": "3%", "source": "Rates", "approved_by": "finance"}
    (inflation,) = extending(assumptions={"inflation": {"2027-07-01": value}}).assumptions
    assert [(str(dated.since), percent(dated.value)) for dated in inflation.values] == [("2026-07-01", "5%"), ("2027-07-01", "3%")]


def test_every_value_keeps_its_own_file_and_place():
    new = extending(tiers={"rules": [{"id": "key", "capacity": "9"}, {"id": "core", "because": "All others"}]})
    key = new.program.list("tiers").rules[1]
    assert key.where is not None
    assert (Path(key.where.path).name, key.where.line) == ("minimal.yaml", 55), "a rule stands where its condition does"
    again = extending(tiers={"rules": [{"id": "key", "when": "score >= 80"}]}).program.list("tiers").rules[1]
    assert again.where is not None
    assert again.where.path == "new.yaml"


def test_a_chain_of_three_is_merged_from_the_oldest_on(tmp_path: Path):
    (tmp_path / "a.yaml").write_bytes(OLD.read_bytes())
    for name, below, capacity in (("b", "a", 20), ("c", "b", 30)):
        text = yaml.safe_dump(HEAD | {"extends": f"{below}.yaml", "tiers": {"rules": [{"id": "key", "capacity": str(capacity)}]}})
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    new = check(tmp_path / "c.yaml")
    assert [Path(source.path).name for source in new.chain] == ["c.yaml", "b.yaml", "a.yaml"]
    assert new.program.seating.tiers[0].capacity == 30


def test_faults_of_both_files_are_told_at_once_each_in_its_own(tmp_path: Path):
    """An error names the file that has to be mended."""
    (tmp_path / "old.yaml").write_text(OLD.read_text(encoding="utf-8").replace("when: willing", "when: wiling"), encoding="utf-8")
    sections = {"extends": "old.yaml", "triggers": [{"id": "collapse", "when": "headrom < 0"}]}
    (tmp_path / "new.yaml").write_text(yaml.safe_dump(HEAD | sections), encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        check(tmp_path / "new.yaml", "new.yaml")
    assert [(f.code, f.where and f.where.path, f.excerpt.strip()) for f in error.value.findings] == [
        ("KR202", "new.yaml", "when: headrom < 0"),
        ("KR202", "old.yaml", "when: wiling"),
    ]


# --- A random policy means the same as its flattened form -------------------------------------------------------------


def item(items: list[Any], id_: str) -> Any:
    """Return the item of that id."""
    return next(one for one in items if one["id"] == id_)


@st.composite
def overrides(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a random policy that extends the minimal one, and the same written out, each made without the other."""
    over: dict[str, Any] = copy.deepcopy(HEAD)
    flat: dict[str, Any] = copy.deepcopy(PARENT) | {key: HEAD[key] for key in ("fiscal_year", "effective")}
    if draw(st.booleans()):
        weight = draw(st.integers(1, 99))
        over["criteria"] = [{"id": "share_of_wallet", "weight": f"{100 - weight}%"}, {"id": "growth_potential", "weight": f"{weight}%"}]
        item(flat["criteria"], "growth_potential")["weight"] = f"{weight}%"
        item(flat["criteria"], "share_of_wallet")["weight"] = f"{100 - weight}%"
    if draw(st.booleans()):
        value = {"value": f"{draw(st.integers(-5, 9))}%", "source": "Rates", "approved_by": "cfo"}
        over["assumptions"] = {"inflation": {"2027-07-01": value}}
        flat["assumptions"]["inflation"]["2027-07-01"] = value
    names = draw(st.lists(st.sampled_from("abcde"), max_size=4, unique=True))
    rules, there = [], flat["tiers"]["rules"]
    for name in names:
        rule = {"id": name, "when": f"score >= {draw(st.integers(0, 100))}"}
        place = draw(st.sampled_from(["", "before", "after"]))
        beside = "key" if place == "after" else draw(st.sampled_from([one["id"] for one in there]))
        at = [one["id"] for one in there].index(beside) + (place == "after") if place else len(there) - 1
        there.insert(at, dict(rule))
        rules.append(rule | ({place: beside} if place else {}))
    if draw(st.booleans()):
        capacity = str(draw(st.integers(0, 50)))
        rules.append({"id": "key", "capacity": capacity})
        item(there, "key")["capacity"] = capacity
    if rules:
        over["tiers"] = {"rules": rules}
    if draw(st.booleans()):
        over["triggers"] = [{"id": "collapse", "remove": "true"}, {"id": "open", "when": "ease = 1", "then": "review", "because": "Hard"}]
        flat["triggers"] = [over["triggers"][1]]
    if draw(st.booleans()):
        over["targets"] = {"own": {"remove": "true"}, "by_state": {"mature": {"floor": "99%"}}}
        del flat["targets"]["own"]
        flat["targets"]["by_state"]["mature"]["floor"] = "99%"
    return over, flat


@settings(max_examples=60)
@given(overrides())
def test_a_policy_that_extends_means_the_same_as_its_flattened_form(pair: tuple[dict[str, Any], dict[str, Any]]):
    over, flat = pair
    new = check_text(json.dumps(over), Source("new.yaml", ""), OLD.with_name("new.yaml"))
    assert meaning(new) == meaning(check_text(json.dumps(flat), Source("flat.yaml", "")))


# --- What else reads a policy -----------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a policy that extends the flagship, in a folder of its own."""
    policy = tmp_path / "policies" / "fy2027b.yaml"
    policy.parent.mkdir()
    (tmp_path / "fy2027.yaml").write_bytes(Path(SAAS[0]).read_bytes())
    policy.write_text(
        "extends: ../fy2027.yaml\neffective: {from: 2026-07-01, to: 2027-06-30}   # the same year\n"
        "tiers:\n  rules:\n    - {id: strategic, capacity: 3}\n",
        encoding="utf-8",
    )
    return policy


def test_a_run_of_it_is_opened_and_explained_from_its_folder_alone(project: Path, tmp_path: Path):
    run = engine.run(project, SAAS[1])
    folder = engine.write(run, tmp_path / "run")
    for path in (project, tmp_path / "fy2027.yaml"):
        path.unlink()
    opened = engine.read(folder)
    assert meaning(opened.policy) == meaning(run.policy)
    assert [source.path for source in opened.policy.chain] == [source.path for source in run.policy.chain]
    account = run.table.frame()["account_id"][0]
    assert engine.explain(folder, account) == engine.explain(run, account)
    assert [file["path"] for file in engine.explain(folder, account)["policy"]["files"]][:2] == [s.path for s in run.policy.chain]


def test_a_changed_parent_is_another_run(project: Path, tmp_path: Path):
    before = engine.name_of(engine.run(project, SAAS[1], witness=False))
    older = tmp_path / "fy2027.yaml"
    older.write_text(older.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert engine.name_of(engine.run(project, SAAS[1], witness=False)) != before


def test_fmt_lays_out_the_file_that_it_is_given_and_no_other(project: Path):
    _, after = workshop.format_file(project)
    assert "extends: ../fy2027.yaml\n" in after
    assert "# the same year" in after


def test_the_handbook_tells_what_changed_since_the_policy_that_it_extends(project: Path):
    (changes,) = (block for block in workshop.handbook(project).blocks if block.key == "changes")
    assert changes.rows == (("tiers.rules.strategic.capacity", "4", "3"),)  # type: ignore[union-attr]


def test_sheets_refuse_what_stands_in_several_files_and_say_what_to_do(project: Path, tmp_path: Path):
    with pytest.raises(UsageError) as error:
        workshop.export_sheets(project, tmp_path / "policy.xlsx")
    assert [finding.code for finding in error.value.findings] == ["KR345"]
    workshop.export_sheets(tmp_path / "fy2027.yaml", tmp_path / "policy.xlsx")
