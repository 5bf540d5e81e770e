"""Issue 6, a folder of policies is a series: holes, overlaps, two versions of a day, which one decides, and what was signed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kam_rules import engine
from kam_rules.model.errors import PolicyError, UsageError
from kam_rules.pipeline.series import chosen, in_force, series
from kam_rules.pipeline.things import policy_thing
from tests.conftest import Said
from tests.generators import policy_text, write_case

Kam = Callable[..., Said]
DAY = dt.date.fromisoformat


def put(folder: Path, name: str, first: str, last: str, year: str = "") -> Path:
    """Write a policy of the series; its year is the one in which it ends."""
    path = folder / f"{name}.yaml"
    text = policy_text(effective=f"{{from: {first}, to: {last}}}", fiscal_year=year or f"FY{last[:4]}")
    path.write_text(text, encoding="utf-8")
    return path


def codes(folder: Path) -> list[str]:
    return [finding.code for finding in series(folder).findings]


# --- Days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "found"),
    [
        pytest.param("2027-02-01", [], id="the day after the last: no hole, no overlap"),
        pytest.param("2027-02-02", ["KR350"], id="one day of nobody"),
        pytest.param("2027-01-31", ["KR351"], id="one day of two"),
    ],
)
def test_holes_and_overlaps_are_found_to_the_day(tmp_path: Path, first: str, found: list[str]):
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    put(tmp_path, "fy2028", first, "2028-01-31")
    assert codes(tmp_path) == found


def test_a_finding_names_the_days_both_files_and_what_to_write(tmp_path: Path):
    old = put(tmp_path, "fy2027", "2026-02-01", "2027-01-30")
    put(tmp_path, "fy2028", "2027-02-01", "2028-01-31")
    (finding,) = series(tmp_path).findings
    assert finding.message == "on 2027-01-31 no small is in force: FY2027 ends on 2027-01-30, FY2028 begins on 2027-02-01"
    assert finding.fix == "let one of them reach the other; FY2028 would begin on 2027-01-31"
    assert finding.related[0][0].path == str(old)
    assert finding.excerpt.startswith("effective:")


def test_a_copy_is_a_second_version_of_the_same_days(tmp_path: Path):
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    put(tmp_path, "fy2027-copy", "2026-02-01", "2027-01-31")
    assert codes(tmp_path) == ["KR352"]


def test_a_change_within_the_year_that_extends_takes_the_place_of_the_older_version(tmp_path: Path):
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    (tmp_path / "fy2027b.yaml").write_text("extends: fy2027.yaml\neffective: {from: 2026-08-01, to: 2027-01-31}\n", encoding="utf-8")
    found = series(tmp_path)
    assert found.findings == ()
    for day, name in (("2026-07-31", "fy2027.yaml"), ("2026-08-01", "fy2027b.yaml")):
        assert [Path(one.sources[0].path).name for one in in_force(found.policies, DAY(day))] == [name]
        assert Path(chosen(tmp_path, DAY(day)).sources[0].path).name == name


def test_each_policy_has_a_series_of_its_own(tmp_path: Path):
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    text = policy_text(policy="other")
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    assert codes(tmp_path) == []
    with pytest.raises(PolicyError) as error:
        chosen(tmp_path, DAY("2026-03-01"))
    assert [finding.code for finding in error.value.findings] == ["KR355"]


def test_what_is_no_policy_is_left_alone_and_a_folder_without_one_is_told(tmp_path: Path):
    (tmp_path / "data.yaml").write_text("accounts: {file: a.csv}\n", encoding="utf-8")
    (tmp_path / "fy2027.tests.yaml").write_text("tests: [\n", encoding="utf-8")
    with pytest.raises(UsageError) as error:
        series(tmp_path)
    assert [finding.code for finding in error.value.findings] == ["KR354"]
    with pytest.raises(UsageError, match="no such folder"):
        series(tmp_path / "data.yaml")
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    assert len(series(tmp_path).policies) == 1


def test_the_faults_of_one_file_do_not_hide_the_series(tmp_path: Path):
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    put(tmp_path, "fy2028", "2027-03-01", "2028-01-31")
    bad = put(tmp_path, "fy2029", "2028-02-01", "2029-01-31")
    bad.write_text(bad.read_text(encoding="utf-8").replace("weight: 100%", "weight: 90%"), encoding="utf-8")
    assert sorted(codes(tmp_path)) == ["KR301", "KR350"]


# --- Which one decides ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "year"),
    [
        pytest.param("2025-12-31", "FY2027", id="before all: the first"),
        pytest.param("2027-01-31", "FY2027", id="the last day of one"),
        pytest.param("2027-02-01", "FY2028", id="the first day of the next"),
        pytest.param("2028-02-01", None, id="after all: none, and said so"),
    ],
)
def test_a_folder_decides_by_the_policy_in_force(tmp_path: Path, day: str, year: str | None):
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    put(tmp_path, "fy2028", "2027-02-01", "2028-01-31")
    if year:
        assert chosen(tmp_path, DAY(day)).fiscal_year == year
    else:
        with pytest.raises(PolicyError) as error:
            chosen(tmp_path, DAY(day))
        assert [finding.code for finding in error.value.findings] == ["KR355"]


def test_run_takes_a_folder_and_the_day_of_the_data_picks_the_policy(tmp_path: Path):
    folder = tmp_path / "policies"
    folder.mkdir()
    put(folder, "fy2027", "2026-02-01", "2027-01-31")
    put(folder, "fy2028", "2027-02-01", "2028-01-31")
    _, data = write_case(tmp_path, [{"account_id": "a", "base_revenue": 1, "points": 70}], as_of="2027-01-31")
    assert engine.run(folder, data, witness=False).policy.fiscal_year == "FY2027"
    assert engine.run(folder, data, witness=False, effective_on=DAY("2027-02-01")).policy.fiscal_year == "FY2028"


# --- What was signed --------------------------------------------------------------------------------------------------


def test_a_signed_policy_that_was_changed_is_refused(tmp_path: Path):
    path = put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    (policy,) = series(tmp_path).policies
    of = policy_thing(policy).of

    def signed(policy_id: str, year: str) -> dict[str, tuple[str, ...]]:
        return {of: ("kim",)} if (policy_id, year) == ("small", "FY2027") else {}

    assert series(tmp_path, signed).findings == ()
    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    (finding,) = series(tmp_path, signed).findings
    assert finding.code == "KR353"
    assert finding.message.startswith("small FY2027 was signed by kim with another content")


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_lists_the_series_and_tells_who_is_in_force(kam: Kam):
    out = kam("policies", "policies/resellers", "--on", "2020-10-01", "--format", "json")
    assert out.code == 0
    assert [(row["fiscal_year"], row["in_force"]) for row in json.loads(out.out)["policies"]] == [("FY2020", ""), ("FY2021", "yes")]


def test_the_command_ends_with_1_where_the_series_has_a_hole(kam: Kam, tmp_path: Path):
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    put(tmp_path, "fy2028", "2027-03-01", "2028-01-31")
    out = kam("policies", tmp_path)
    assert out.code == 1
    assert "KR350" in out.out


def test_the_command_knows_the_status_of_each_by_the_ledger(kam: Kam, tmp_path: Path):
    put(tmp_path, "fy2027", "2026-02-01", "2027-01-31")
    assert kam("ledger", "new", tmp_path / "ledger.db").code == 0
    out = kam("policies", tmp_path, "--ledger", tmp_path / "ledger.db", "--format", "json")
    assert [row["status"] for row in json.loads(out.out)["policies"]] == ["draft"]
