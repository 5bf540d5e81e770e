"""Waivers: what somebody accepts, up to which day, and what becomes of it afterwards."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kam_rules import engine
from kam_rules.model.errors import Finding, PolicyError, Where
from kam_rules.model.waiver import Waiver
from kam_rules.pipeline.waivers import apply, beside
from tests.conftest import Said
from tests.generators import policy_text

DAY = dt.date(2026, 7, 1)
HERE = Where("p.waivers.yaml", 2, 5)
EMPTY = Finding("KR721", "an empty quarter", level="warning", subject="criteria.about_kind")
MASKED = Finding("KR701", "never fires", level="error", subject="tiers.key")
Kam = Callable[..., Said]


def waiver(finding: str = "KR721", about: str = "criteria.about_kind", until: dt.date = DAY) -> Waiver:
    return Waiver(finding, about, "it is known", "an analyst", "a director", until, HERE)


@pytest.mark.parametrize(
    ("given", "open_", "waived"),
    [
        pytest.param(waiver(), [], 1, id="up to its last day"),
        pytest.param(waiver(until=DAY - dt.timedelta(days=1)), ["KR721", "KR751"], 0, id="from the day after both count"),
        pytest.param(waiver(about=""), [], 1, id="every finding of the code"),
        pytest.param(waiver(about="criteria.about_horizon"), ["KR721", "KR752"], 0, id="another subject waives nothing"),
        pytest.param(waiver("KR722"), ["KR721", "KR752"], 0, id="another code waives nothing"),
    ],
)
def test_a_waiver_holds_for_its_finding_up_to_its_last_day(given: Waiver, open_: list[str], waived: int):
    applied = apply([EMPTY], (given,), DAY)
    assert [f.code for f in applied.open] == open_
    assert len(applied.waived) == waived


def test_an_error_is_never_waived():
    applied = apply([MASKED], (waiver("KR701", ""),), DAY)
    assert [f.code for f in applied.open] == ["KR701", "KR752"]


def test_each_waiver_is_told_with_its_place_and_who_approved_it():
    told = apply([EMPTY], (waiver(until=dt.date(2026, 6, 30)),), DAY).open[1]
    assert told.where == HERE
    assert "ran out on 2026-06-30" in told.message
    assert "a director" in told.message


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A policy with findings and no waiver."""
    path = tmp_path / "p.yaml"
    path.write_text(policy_text(), encoding="utf-8")
    return path


def write(project: Path, finding: str, until: str = "2027-01-31", about: str = "", author: str = "B") -> None:
    subject = f"about: {about}, " if about else ""
    line = f"  - {{finding: {finding}, {subject}reason: R, author: {author}, approved_by: A, until: {until}}}\n"
    beside(project).write_text(f"waivers:\n{line}", encoding="utf-8")


@pytest.mark.parametrize(
    ("finding", "until", "code", "column"),
    [
        pytest.param("KR701", "2027-01-31", "KR753", 15, id="an error"),
        pytest.param("KR799", "2027-01-31", "KR753", 15, id="no finding"),
        pytest.param("KR301", "2027-01-31", "KR753", 15, id="a fault of the policy"),
        pytest.param("KR722", "2027-02-30", "KR105", 67, id="no such day"),
    ],
)
def test_a_waiver_that_cannot_be_is_refused_at_its_place(project: Path, finding: str, until: str, code: str, column: int):
    write(project, finding, until)
    with pytest.raises(PolicyError) as error:
        engine.check(project)
    assert [(f.code, f.where.line, f.where.column) for f in error.value.findings if f.where] == [(code, 2, column)]


@pytest.mark.parametrize("author", ["A", "a"])
def test_kr662_nobody_answers_for_a_waiver_that_they_ask_for(project: Path, author: str):
    write(project, "KR722", author=author)
    with pytest.raises(PolicyError, match=f"KR662 the waiver of KR722: '{author}' is to approve what '{author}' asks for") as error:
        engine.check(project)
    (found,) = error.value.findings
    assert found.where is not None
    assert (found.where.line, found.where.column) == (2, 57)


def test_a_waiver_names_who_asks_for_it(project: Path):
    beside(project).write_text("waivers:\n  - {finding: KR722, reason: R, approved_by: A, until: 2027-01-31}\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="author"):
        engine.check(project)


def test_waivers_are_counted_in_the_summary_of_a_check(project: Path, kam: Kam):
    before = kam("check", project, "--format", "json")
    assert "waived" not in json.loads(before.out)
    write(project, "KR722", about="criteria.kind")
    said = json.loads(kam("check", project, "--format", "json").out)
    assert said["title"].endswith(", 1 waived")
    assert said["waived"] == ["KR722 criteria.kind: R (A, until 2027-01-31)"]
    late = json.loads(kam("check", project, "--format", "json", "--on", "2027-02-01").out)
    assert "waived" not in late
    assert any("KR751" in line for line in late["warnings"])


@pytest.mark.parametrize(
    ("level", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)], ids=["error", "warning", "note", "never"]
)
def test_the_fail_level_decides_what_ends_with_1(project: Path, kam: Kam, level: str, code: int):
    assert kam("check", project, "--fail-level", level).code == code


def test_an_error_of_the_analysis_ends_with_1_and_never_fails_on_request(project: Path, kam: Kam):
    written = ("{id: t1, when: score >= 40}", "{id: t2, when: score >= 80}", "{id: t3, otherwise: true}")
    rules = "".join(f"  - {rule}\n" for rule in written)
    text = policy_text(tiers=f"if_unknown: hold\nrules:\n{rules}")
    project.write_text(text, encoding="utf-8")
    said = kam("check", project)
    assert said.code == 1
    assert "KR701 tiers.t2: 't2' can never fire" in " ".join(said.out.split())
    assert kam("check", project, "--fail-level", "never").code == 0
