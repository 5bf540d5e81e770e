"""Every bad policy is refused with the words that were reviewed; what nearly is one passes."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kam_rules.findings import codes, page
from kam_rules.formats._findings import say_finding
from kam_rules.model.errors import Finding, KamError, PolicyError, UsageError, Where
from kam_rules.model.policy import Source
from kam_rules.pipeline.check import check, check_text
from kam_rules.pipeline.compile import compile_policy
from tests.conftest import ROOT

HERE = Path(__file__).parent / "cases"
MINIMAL = (HERE / "minimal.yaml").read_text(encoding="utf-8")
CASES = sorted(path.stem for path in (HERE / "fail").glob("*.yaml"))
MENDED = yaml.safe_load((HERE / "mended.yaml").read_text(encoding="utf-8"))
CODE = re.compile(r"KR\d{3}")
DAY = dt.date(2026, 9, 30)


def said(error: KamError) -> str:
    """Return what the user reads."""
    return "\n\n".join(say_finding(finding) for finding in error.findings)


def rendered(name: str) -> str:
    """Return what is said of a case, as its reviewed text holds it."""
    path = HERE / "fail" / f"{name}.yaml"
    with pytest.raises(PolicyError) as error:
        check(path, path.name)
    assert error.value.exit_code == 3
    return said(error.value) + "\n"


def refused(path: Path) -> str:
    """Return what is said of a file."""
    with pytest.raises(PolicyError) as error:
        check(path, "policy.yaml")
    return said(error.value)


# --- The reviewed cases -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_a_bad_policy_is_refused_with_the_words_that_were_reviewed(name: str):
    assert rendered(name) == (HERE / "fail" / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("kr")])
def test_one_fault_is_told_under_its_own_code_alone(name: str):
    """What follows from a fault is not told beside it."""
    assert {line.split()[1] for line in _heads(name)} == {name[:5].upper()}


@pytest.mark.parametrize("name", CASES)
def test_faults_are_told_in_the_order_of_their_lines(name: str):
    places = [[int(n) for n in re.findall(r"\d+", line.split(" ")[0].removeprefix(f"{name}.yaml"))] for line in _heads(name)]
    assert places == sorted(places)


def _heads(name: str) -> list[str]:
    return [block.splitlines()[0] for block in (HERE / "fail" / f"{name}.txt").read_text(encoding="utf-8").split("\n\n")]


def test_the_minimal_policy_passes():
    assert check_text(MINIMAL, Source("minimal.yaml", "")).id == "key-accounts"


@pytest.mark.parametrize("name", MENDED)
def test_the_nearest_neighbour_of_a_bad_policy_passes(name: str):
    text = (HERE / "fail" / f"{name}.yaml").read_text(encoding="utf-8")
    for change in MENDED[name]:
        assert change["wrong"] in text
        text = text.replace(change["wrong"], change["right"], 1)
    check_text(text, Source(name, ""), HERE / "fail" / name)


def test_every_case_of_expressions_and_of_meaning_has_a_neighbour():
    assert {name for name in CASES if name.startswith(("kr2", "kr3", "kr6"))} == set(MENDED)


def test_all_faults_of_shape_are_told_at_once():
    assert len(_heads("many_faults_of_shape")) >= 17


def test_all_faults_of_meaning_are_told_at_once():
    assert len(_heads("many_faults_of_meaning")) >= 11


# --- Files that are no policy ----------------------------------------------------------------------------------------

FILES = [
    pytest.param(
        b"\xff\xfe" + MINIMAL.encode("utf-16-le"),
        "policy.yaml: KR002 this file is UTF-16, not UTF-8\n  fix: save it as UTF-8",
        id="KR002-utf-16-as-windows-writes-it",
    ),
    pytest.param(
        MINIMAL.encode("utf-16-be"),
        "policy.yaml: KR002 this file is UTF-16, not UTF-8\n  fix: save it as UTF-8",
        id="KR002-utf-16-without-a-mark",
    ),
    pytest.param(
        "policy: a\nowner: Müller\n".encode("latin-1"),
        "policy.yaml:2:9: KR002 byte 0xFC is not UTF-8\n  fix: save the file as UTF-8",
        id="KR002-latin-1",
    ),
    pytest.param(
        b"policy: a\nowner: a\0b\n",
        "policy.yaml:2:9: KR003 character U+0000 cannot stand in a policy\n  fix: delete it",
        id="KR003-nul",
    ),
    pytest.param(
        b"a: \0",
        "policy.yaml:1:4: KR003 character U+0000 cannot stand in a policy\n  fix: delete it",
        id="KR003-nul-near-the-start-is-not-utf-16",
    ),
    pytest.param(
        b"policy: \x1b[31m\n",
        "policy.yaml:1:9: KR003 character U+001B cannot stand in a policy\n  fix: delete it",
        id="KR003-escape",
    ),
    pytest.param(
        b"a: b\n" * 1_100_000,
        "policy.yaml: KR009 this file is larger than 1 MiB; a policy is a text that a person reads\n  fix: is it the right file?",
        id="KR009-five-megabytes",
    ),
    pytest.param(
        b"",
        "policy.yaml: KR011 this file is empty\n  fix: name another file; kam-rules init writes a policy and a data file to start from",
        id="KR011-empty",
    ),
    pytest.param(
        b"# only a comment\n",
        "policy.yaml: KR011 this file is empty\n  fix: name another file; kam-rules init writes a policy and a data file to start from",
        id="KR011-a-comment-alone",
    ),
    pytest.param(
        b"- a\n- b\n",
        "policy.yaml:1:1: KR011 a file holds keys with values\n   1 | - a\n     | ^\n  fix: start with policy: NAME",
        id="KR011-a-list",
    ),
]


@pytest.mark.parametrize(("data", "text"), FILES)
def test_a_file_that_is_no_policy_is_named_for_what_it_is(tmp_path: Path, data: bytes, text: str):
    path = tmp_path / "policy.yaml"
    path.write_bytes(data)
    assert refused(path) == text


def test_utf_8_with_a_mark_passes(tmp_path: Path):
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.encode())
    assert check(path).id == "key-accounts"


def test_a_file_that_is_not_there_is_named_kr001(tmp_path: Path):
    assert refused(tmp_path / "no.yaml") == "policy.yaml: KR001 cannot read this file: no such file or directory\n  fix: check the path"


def test_a_folder_is_named_kr001(tmp_path: Path):
    assert refused(tmp_path) == "policy.yaml: KR001 this is a folder\n  fix: name the file in it"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("owner: " + "x" * 4001, "this text is 4,001 characters long; the longest that is read has 4,000", id="a long text"),
        pytest.param(
            "owner: [" + "x," * 10_001 + "x]",
            "this file holds more than 10,000 keys and values; a policy is a text that a person reads",
            id="many values",
        ),
    ],
)
def test_what_nobody_reads_is_kr009(body: str, message: str):
    with pytest.raises(PolicyError) as error:
        check_text(body, Source("p", ""))
    assert [(f.code, f.message) for f in error.value.findings if f.code == "KR009"] == [("KR009", message)]


def test_a_text_of_4000_characters_is_read():
    text = MINIMAL.replace("revenue-operations", "x" * 4000)
    assert len(check_text(text, Source("p", "")).owner) == 4000


# --- What only a run can tell ----------------------------------------------------------------------------------------

RUNS = [
    pytest.param(
        {"sets": {"inflaton": "3%"}},
        2,
        "KR317 there is no assumption 'inflaton' to set\n  fix: did you mean 'inflation'?",
        id="KR317-name",
    ),
    pytest.param(
        {"sets": {"inflation": "3"}},
        2,
        "KR317 '3' is no ratio for 'inflation'\n  fix: write --set inflation=3%",
        id="KR317-unit",
    ),
    pytest.param(
        {"asked": dt.date(2027, 7, 1)},
        3,
        "p:3:1: KR318 FY2027 is in force from 2026-07-01 to 2027-06-30, not on 2027-07-01\n"
        "  fix: choose a day from 2026-07-01 to 2027-06-30, or take the policy that is in force on 2027-07-01",
        id="KR318-the-day-after-the-last",
    ),
    pytest.param(
        {"sets": {"inflation": "-6%"}},
        3,
        "p:70:21: KR305 floor 100% lies above target 99% with inflation=-6%\n  fix: lower the floor figure, or raise the target figure",
        id="KR305-with-a-set-assumption",
    ),
]


@pytest.mark.parametrize(("how", "code", "text"), RUNS)
def test_what_only_a_run_can_tell_is_told_before_it_decides(how: dict[str, object], code: int, text: str):
    policy = check_text(MINIMAL, Source("p", ""))
    with pytest.raises((PolicyError, UsageError)) as error:
        compile_policy(policy, DAY, **how)  # type: ignore[arg-type]
    assert error.value.exit_code == code
    assert said(error.value) == text


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"asked": dt.date(2027, 6, 30)}, id="the last day"),
        pytest.param({"sets": {"inflation": "-5%"}}, id="a floor equal to its target"),
    ],
)
def test_the_nearest_neighbour_of_a_refused_run_is_ready(how: dict[str, object]):
    assert compile_policy(check_text(MINIMAL, Source("p", "")), DAY, **how).program.fields  # type: ignore[arg-type]


# --- Hostile files ---------------------------------------------------------------------------------------------------

MIB = 2**20
CHILD = """
import json, resource, sys, time
from pathlib import Path
from kam_rules.formats._findings import say_finding
from kam_rules.model.errors import PolicyError
from kam_rules.pipeline.check import check
needs = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (needs + 170 * 2**20,) * 2)
start = time.process_time()
try:
    check(Path(sys.argv[1]), "policy.yaml")
except PolicyError as error:
    codes = sorted({f.code for f in error.findings})
    size = len("".join(say_finding(f) for f in error.findings))
    seconds = time.process_time() - start
    held = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"seconds": seconds, "held": int(held) * 1024, "codes": codes, "size": size}))
    sys.exit(error.exit_code)
"""
"""Checks one file with 170 MiB of address space above what the interpreter and its imports need (some 30): 200 in all."""


def _bomb() -> str:
    """Nine to the seventh: 4.8 million values once expanded."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in zip("abcdef", "bcdefg", strict=True)]
    return "\n".join(lines)


def _fill(unit: str, size: int = MIB - 4096) -> str:
    return unit * (size // len(unit))


HOSTILE = [
    pytest.param(_bomb(), ["KR007"], id="an alias bomb of 9^7 values"),
    pytest.param("a: &a 1\nb: [" + _fill("*a,") + "1]", ["KR007"], id="a megabyte of aliases"),
    pytest.param("a: &a\n  <<: *a\nb: &b {<<: [*a, *b], c: 1}\n<<: *b\n", ["KR007"], id="merge keys in a circle"),
    pytest.param(MINIMAL + _fill("wallet: 1\n", MIB - 4096), ["KR005"], id="a megabyte of the same key"),
    pytest.param("a: [" + _fill("!t x,") + "x]", ["KR006"], id="a megabyte of tags"),
    pytest.param("a: " + "[" * 10_000, ["KR008"], id="10,000 lists in one another"),
    pytest.param("a: " + "[" * 100_000 + "]" * 100_000, ["KR008"], id="100,000 lists in one another"),
    pytest.param("a: " + "{a: " * 100_000, ["KR008"], id="100,000 mappings in one another"),
    pytest.param("- " * 100_000 + "x", ["KR008"], id="100,000 items in one another"),
    pytest.param("? " * 100_000 + "x", ["KR008"], id="100,000 keys in one another"),
    pytest.param("".join(" " * i + "a:\n" for i in range(1_400)), ["KR008"], id="1,400 steps of indentation"),
    pytest.param(MINIMAL.replace("revenue-operations", "x" * MIB), ["KR009"], id="a text of a megabyte"),
    pytest.param(MINIMAL.replace("revenue-operations", _fill("x")), ["KR009"], id="a text of nearly a megabyte"),
    pytest.param(MINIMAL.replace("score >= 75", "score >= " + "7" * 500_000), ["KR009"], id="a number of half a megabyte"),
    pytest.param(MINIMAL.replace("owner:", _fill("x") + ":"), ["KR004"], id="a key of nearly a megabyte"),
    pytest.param(MINIMAL + "".join(f"k{i}: 1\n" for i in range(100_000)), ["KR009"], id="100,000 keys"),
    pytest.param(MINIMAL + "".join(f"k{i}: 1\n" for i in range(4_500)), ["KR101"], id="4,500 unknown keys"),
    pytest.param("a: " + _fill("'"), ["KR009"], id="a megabyte of quotes"),
    pytest.param(_fill(":"), ["KR009"], id="a megabyte of colons"),
    pytest.param(_fill("a: "), ["KR012"], id="a megabyte of keys in one line"),
    pytest.param(_fill("\t"), ["KR012"], id="a megabyte of tabs"),
    pytest.param(_fill("\n"), ["KR011"], id="a megabyte of blank lines"),
    pytest.param(MINIMAL.replace("when: willing", "when: " + "(" * 1_900 + "willing" + ")" * 1_900), ["KR213"], id="1,900 brackets"),
    pytest.param(MINIMAL.replace("when: willing", "when: '" + "- " * 1_900 + "1 > 0'"), ["KR213"], id="1,900 minus signs"),
    pytest.param(MINIMAL.replace("when: willing", "when: " + "ease + " * 500 + "1 > 0"), ["KR213"], id="a sum of 500"),
    pytest.param(MINIMAL.replace("when: willing", "when: ease > " + "9" * 3_900), ["KR208"], id="3,900 digits"),
    pytest.param(MINIMAL.replace("weight: 60%", "weight: " + "9" * 3_900 + "%"), ["KR301"], id="a weight of 3,900 digits"),
    pytest.param(
        MINIMAL.replace("gates:", "".join(f"  m{i}: {{type: money, is: m{(i + 1) % 500}}}\n" for i in range(500)) + "gates:", 1),
        ["KR308"],
        id="a circle of 500 metrics",
    ),
]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the child reads its own size from /proc")
@pytest.mark.parametrize(("text", "expected"), HOSTILE)
def test_a_hostile_file_is_answered_within_a_second_and_200_megabytes(tmp_path: Path, text: str, expected: list[str]):
    """A second of processor time for the check itself, so that a busy machine does not fail it."""
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", CHILD, path], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (run.returncode, run.stderr) == (3, "")
    answer = json.loads(run.stdout)
    assert answer["codes"] == expected
    assert answer["seconds"] < 1
    assert answer["held"] < 200 * MIB
    assert answer["size"] < 100_000


# --- Codes and their pages -------------------------------------------------------------------------------------------


def _used() -> set[str]:
    files = [path for path in (ROOT / "kam_rules").rglob("*.py") if path.parent.name != "findings"]
    return {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_has_a_page_and_every_page_a_code():
    assert sorted(_used()) == list(codes())


def test_every_code_that_a_policy_can_cause_is_caused_here():
    texts = [path.read_text(encoding="utf-8") for path in (HERE / "fail").glob("*.txt")]
    caused = {code for text in texts for code in CODE.findall(text)} | {"KR001"}
    caused |= {"KR345", *(f"KR{n}" for n in range(350, 356))}  # sheets and series: test_extend.py and test_series.py
    caused |= {code for case in (*FILES, *RUNS) for code in CODE.findall(str(case.id))}
    assert {code for code in _used() if code < "KR400"} <= caused


@pytest.mark.parametrize("code", codes())
def test_a_page_says_what_is_meant_why_it_matters_and_what_to_write(code: str):
    found = page(code)
    first, _, rest = (found.__doc__ or "").partition("\n\n")
    why, _, samples = rest.partition("\n\nExample:\n")
    wrong, _, right = samples.partition("\n\nInstead:\n")
    assert first.endswith(".")
    assert "\n" not in first
    assert why.endswith(".")
    assert wrong.strip()
    assert right.strip()
    assert wrong.strip() != right.strip()
    assert not re.search(r"\w!", first + why)
    assert 0 < len(found.TITLE) <= 50
    assert found.LEVEL in {"error", "warning", "note"}


# --- How a finding is written ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        pytest.param(Finding("KR506", "no engine 'x'"), "KR506 no engine 'x'", id="without a place"),
        pytest.param(Finding("KR102", "no 'tiers'", Where("p.yaml")), "p.yaml: KR102 no 'tiers'", id="a whole file"),
        pytest.param(
            Finding("KR403", "no rows", Where("a.csv", 7), excerpt="a,b"),
            "a.csv:7: KR403 no rows\n   7 | a,b",
            id="a line without a column",
        ),
        pytest.param(
            Finding("KR104", "m", Where("p", 118, 3), "f", excerpt="\tab", related=((Where("p", 3, 1), "first here"),)),
            "p:118:3: KR104 m\n 118 |  ab\n     |   ^\n  fix: f\n  see p:3:1: first here",
            id="a tab is one space, and the gutter keeps its width",
        ),
        pytest.param(
            Finding("KR104", "m", Where("p", 1, 4), excerpt="漢e\u0301x"),
            "p:1:4: KR104 m\n   1 | 漢e\u0301x\n     |    ^",
            id="signs of other widths",
        ),
        pytest.param(
            Finding("KR104", "a\nb\x1b[31m", Where("p", 1, 1)),
            "p:1:1: KR104 a b [31m",
            id="one line, and no colours from a file",
        ),
    ],
)
def test_a_finding_is_written_as_place_fault_line_and_fix(finding: Finding, text: str):
    assert say_finding(finding) == text


@pytest.mark.parametrize("column", [1, 80, 81, 500, 921, 1000, 1001])
def test_a_long_line_is_cut_around_the_caret(column: int):
    line = "".join(chr(97 + i % 26) for i in range(1000))
    _, shown, caret = say_finding(Finding("KR104", "m", Where("p", 1, column), excerpt=line)).splitlines()
    body = shown.removeprefix("   1 | ")
    assert len(body.replace("…", "")) == 160
    at = len(caret.removeprefix("     | ")) - 1
    assert (body + " ")[at] == (line + " ")[column - 1]
