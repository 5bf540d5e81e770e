"""What pipelines read: findings as SARIF, JUnit and GitHub remarks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft7Validator

from kam_rules.cli.main import COMMANDS
from kam_rules.formats import PIPELINES, format_, formats
from kam_rules.model.errors import Finding, Where
from kam_rules.model.report import Case, Report
from tests.conftest import Said
from tests.editor import installed

Kam = Callable[..., Said]
BAD = "tests/cases/readme.yaml"
GOOD = "policies/key-accounts/fy2027.yaml"
NASTY = Finding(
    "KR101",
    "50% of\na,b:c ::error:: \x00\ud800 <x>&",
    Where("a b/ü,é:1.yaml", 3, 4),
    "write 'x'\r\n",
    related=((Where("o", 1), "here"),),
)
NOTE = Finding("KR604", "a column too many", None, "", "note")


def render(form: str, *findings: Finding, cases: tuple[Case, ...] = ()) -> str:
    return format_(form).render(Report("check", "policy.yaml: told", (), findings=findings, cases=cases), width=80, color=False)


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize("form", formats())
def test_check_speaks_every_format_and_the_exit_code_stays(kam: Kam, form: str):
    said = kam("check", BAD, "--format", form)
    assert said.code == 3
    assert all(code in said.out + said.err for code in ("KR205", "KR301", "KR202", "KR306"))
    assert kam("check", GOOD, "--format", form).code == 0


def test_formats_for_pipelines_are_offered_where_the_result_is_findings(kam: Kam):
    """A summary of a run as SARIF would say: nothing found."""
    offered = {name for name in COMMANDS if "sarif" in kam(name, "--help").out}
    assert "check" in offered
    assert not offered & {"run", "explain", "decide", "schema", "explain-code"}
    assert set(PIPELINES) < set(formats())


# --- SARIF ------------------------------------------------------------------------------------------------------------


def sarif_schema() -> Draft7Validator:
    path = installed() / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    return Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("findings", [(), (NASTY,), (NOTE, NASTY)], ids=["none", "one", "two"])
def test_sarif_has_the_published_shape(findings: tuple[Finding, ...]):
    found = json.loads(render("sarif", *findings))
    assert list(sarif_schema().iter_errors(found)) == []
    broken = json.loads(json.dumps(found).replace('"results"', '"result"'))
    assert list(sarif_schema().iter_errors(broken)), "the schema refuses something"


@pytest.mark.usefixtures("at_root")
def test_sarif_points_at_the_place_and_explains_the_code(kam: Kam):
    run = json.loads(kam("check", BAD, "--format", "sarif").out)["runs"][0]
    results, rules = run["results"], run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in results] == [result["ruleId"] for result in results]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == BAD
    assert place["region"]["startLine"], place["region"]["startColumn"] == (32, 34)
    assert "Instead:" in rules[0]["help"]["text"]


def test_a_path_with_spaces_is_a_uri_in_sarif():
    place = json.loads(render("sarif", NASTY))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/%C3%BC%2C%C3%A9%3A1.yaml"


@pytest.mark.parametrize(("level", "told"), [("error", "error"), ("warning", "warning"), ("note", "note"), ("info", "note")])
def test_levels_keep_their_weight(level: str, told: str):
    finding = Finding("KR604", "m", None, "", level)
    assert json.loads(render("sarif", finding))["runs"][0]["results"][0]["level"] == told
    assert render("github", finding).startswith(f"::{'notice' if told == 'note' else told} ")


@pytest.mark.parametrize("form", PIPELINES)
def test_an_account_that_shows_a_finding_is_told(form: str):
    finding = Finding("KR705", "never fires", Where("p.yaml", 3, 4), "take it out", "warning", example=(("score", "80"), ("tier", "key")))
    assert "for instance: score = 80, tier = key" in render(form, finding)


# --- JUnit ------------------------------------------------------------------------------------------------------------


def test_junit_is_xml_whatever_a_finding_says():
    found = ET.fromstring(render("junit", NASTY))  # noqa: S314 - our own
    assert found.attrib["failures"] == "1"
    assert [case.attrib["classname"] for case in found.iter("testcase")] == ["a b/ü,é:1.yaml"]


def test_a_note_fails_no_case_and_is_kept():
    found = ET.fromstring(render("junit", NOTE))  # noqa: S314 - our own
    assert (found.attrib["tests"], found.attrib["failures"]) == ("1", "0")
    assert "a column too many" in "".join(found.itertext())


def test_every_case_is_counted_and_the_failed_ones_say_why():
    cases = (Case("holds", Where("t.yaml", 3)), Case("does not", Where("t.yaml", 9), (NASTY,)))
    found = ET.fromstring(render("junit", NASTY, cases=cases))  # noqa: S314 - our own
    assert (found.attrib["tests"], found.attrib["failures"]) == ("2", "1")
    assert [len(list(case)) for case in found.iter("testcase")] == [0, 1]


def test_nothing_found_is_one_case_that_passed():
    found = ET.fromstring(render("junit"))  # noqa: S314 - our own
    assert (found.attrib["tests"], found.attrib["failures"]) == ("1", "0")


# --- GitHub -----------------------------------------------------------------------------------------------------------


def test_a_remark_is_one_line_and_cannot_speak_for_another():
    lines = render("github", NASTY, NOTE).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=a b/ü%2Cé%3A1.yaml,line=3,col=4,title=KR101::50%25 of%0Aa,b:c")
    assert lines[1] == "::notice title=KR604::a column too many"


def test_nothing_found_is_a_notice():
    assert render("github") == "::notice::policy.yaml: told\n"


# --- The hooks --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("at_root")
def test_every_hook_names_a_command_that_is_there(kam: Kam):
    import yaml

    for hook in yaml.safe_load(Path(".pre-commit-hooks.yaml").read_text(encoding="utf-8")):
        command, *arguments = hook["entry"].removeprefix("kam-rules ").split()
        assert command in COMMANDS
        assert hook["id"] == f"kam-rules-{command}"
        assert kam(command, *arguments, "--help").code == 0
