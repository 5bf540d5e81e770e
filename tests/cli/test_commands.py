"""The command line as its three users meet it: what is said, where it is said, and the exit code."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from kam_rules import engine
from kam_rules.cli.main import main
from tests.conftest import RESELLERS, SAAS, Said

Kam = Callable[..., Said]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kam: Kam) -> Path:
    """Return a folder with the starter project, standing in it."""
    monkeypatch.chdir(tmp_path)
    assert kam("init").code == 0
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_newcomer_runs_the_starter_at_once(project: Path, kam: Kam):
    """Init, check, run, explain: four commands, no fault."""
    assert kam("check", "policy.yaml", "--data", "data.yaml").code == 0
    ran = kam("run", "policy.yaml", "data.yaml", "--out", "first")
    assert ran.code == 0
    assert ran.out.startswith("key-accounts FY2027 (draft): 6 of 8 accounts decided")
    told = kam("explain", "first", "A-01")
    assert told.code == 0
    assert "125% of 420,000.00 = 525,000.00 USD" in told.out
    assert {p.name for p in (project / "first").iterdir()} == {
        "accounts.parquet", "data.yaml", "decisions.csv", "decisions.parquet", "faults.csv", "faults.parquet",
        "manifest.json", "policy.json", "policy.waivers.yaml", "policy.yaml", "raw.parquet", "refused.csv", "refused.parquet",
        "set_aside.csv", "set_aside.parquet", "trail.parquet", "program.json", "values.jsonl.gz", "rederive.py",
    }  # fmt: skip


def test_init_overwrites_nothing(project: Path, kam: Kam):
    before = (project / "policy.yaml").read_bytes()
    again = kam("init")
    assert again.code == 2
    assert "KR501" in again.err
    assert (project / "policy.yaml").read_bytes() == before


def test_init_takes_a_new_folder(project: Path, kam: Kam):
    assert kam("init", "deep/inside").code == 0
    assert (project / "deep" / "inside" / "policy.yaml").exists()


@pytest.mark.usefixtures("project")
def test_results_go_to_stdout_and_talk_to_stderr(kam: Kam):
    first = kam("run", "policy.yaml", "data.yaml", "--format", "json")
    assert json.loads(first.out)["title"] == "key-accounts FY2027 (draft): 6 of 8 accounts decided"
    assert first.err == ""
    again = kam("run", "policy.yaml", "data.yaml", "--format", "json")
    assert again.out == first.out
    assert "already" in again.err


@pytest.mark.usefixtures("project")
def test_a_run_is_named_for_its_inputs(project: Path, kam: Kam):
    """The same inputs name the same folder; another assumption names another."""
    kam("run", "policy.yaml", "data.yaml")
    kam("run", "policy.yaml", "data.yaml")
    assert len(list((project / "runs").iterdir())) == 1
    kam("run", "policy.yaml", "data.yaml", "--set", "inflation=3%")
    assert len(list((project / "runs").iterdir())) == 2


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
@pytest.mark.parametrize(
    "command",
    [("check", "policy.yaml", "--data", "data.yaml"), ("run", "policy.yaml", "data.yaml"), ("schema",), ("schema", "tiers.rules")],
)
def test_every_list_has_every_format(form: str, command: tuple[str, ...], kam: Kam):
    said = kam(*command, "--format", form)
    assert said.code == 0
    assert said.out.endswith("\n")
    assert "\x1b" not in said.out
    if form == "json":
        json.loads(said.out)


@pytest.mark.usefixtures("project")
def test_the_decisions_are_a_table_that_a_spreadsheet_reads(project: Path, kam: Kam):
    kam("run", "policy.yaml", "data.yaml", "--out", "r")
    rows = {row["account_id"]: row for row in csv.DictReader(io.StringIO((project / "r" / "decisions.csv").read_text(encoding="utf-8")))}
    assert rows["A-01"]["committed_target"] == "525000.00"
    assert rows["A-01"]["target_nrr"] == "1.250000"
    assert rows["A-06"]["state"] == "", "undecided is blank, never a word that sorts among states"
    assert [row["row"] for row in rows.values()] == [str(n) for n in range(2, 10)], "the order of the source"


def test_no_cell_of_a_file_we_write_runs_as_a_formula(project: Path, kam: Kam):
    """F28: a name that starts like a formula is written with a quote in front."""
    replace(project / "accounts.csv", "Aldermere Foods", '"=HYPERLINK(""x"")"')
    kam("run", "policy.yaml", "data.yaml", "--out", "r")
    rows = list(csv.DictReader(io.StringIO((project / "r" / "decisions.csv").read_text(encoding="utf-8"))))
    assert rows[0]["account_name"] == '\'=HYPERLINK("x")'


def test_set_tries_another_assumption_and_says_so(kam: Kam, tmp_path: Path, at_root: None):  # noqa: ARG001
    said = kam("run", *SAAS, "--set", "inflation=3%", "--out", tmp_path / "r", "--format", "json")
    assert json.loads(said.out)["run"]["set for this run"] == "inflation=3%"
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert manifest["run"]["sets"] == {"inflation": "3%"}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("option", "code", "finding"),
    [
        pytest.param(("--set", "inflaton=3%"), 2, "KR317", id="no such assumption"),
        pytest.param(("--set", "inflation=3"), 2, "KR317", id="a bare number where a percent is meant"),
        pytest.param(("--set", "inflation"), 2, "inflation=3%", id="no value"),
        pytest.param(("--set", "inflation=11%"), 3, "KR305", id="a target above its aspiration"),
        pytest.param(("--set", "inflation=-6%"), 3, "KR305", id="a floor above its target"),
        pytest.param(("--effective-on", "2027-07-01"), 3, "KR318", id="a day after the last"),
        pytest.param(("--effective-on", "2026-06-30"), 3, "KR318", id="a day before the first"),
        pytest.param(("--as-of", "2027-07-01"), 3, "KR318", id="data from after the year"),
        pytest.param(("--as-of", "30.6.2026"), 2, "--as-of", id="a day written otherwise"),
    ],
)
def test_a_wrong_option_ends_with_its_code_and_writes_nothing(project: Path, kam: Kam, option: tuple[str, str], code: int, finding: str):
    said = kam("run", "policy.yaml", "data.yaml", *option, "--out", "r")
    assert (said.code, said.out) == (code, "")
    assert finding in said.err
    assert not (project / "r").exists()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("as_of", "effective"),
    [
        pytest.param("2026-06-30", "2026-07-01", id="data from before the year: the first day"),
        pytest.param("2026-07-01", "2026-07-01", id="data from the first day"),
        pytest.param("2027-06-30", "2027-06-30", id="data from the last day"),
    ],
)
def test_the_day_decided_for_is_the_data_s_own_or_the_first(project: Path, kam: Kam, as_of: str, effective: str):
    kam("run", "policy.yaml", "data.yaml", "--as-of", as_of, "--out", "r")
    run = json.loads((project / "r" / "manifest.json").read_text())["run"]
    assert (run["as_of"], run["effective_on"]) == (as_of, effective)


def test_all_faults_of_a_policy_are_told_at_once(project: Path, kam: Kam):
    replace(project / "policy.yaml", "weight: 50%", "weight: 40%")
    replace(project / "policy.yaml", "when: score >= 75", "when: scor >= 75")
    said = kam("check", "policy.yaml")
    assert said.code == 3
    assert "KR301" in said.err
    assert "KR202" in said.err
    assert "did you mean 'score'?" in said.err
    assert "     |" in said.err, "a caret under the line"
    rows = json.loads(kam("check", "policy.yaml", "--format", "json").out)["faults"]
    assert [row["code"] for row in rows] == ["KR301", "KR202"]


def test_refused_rows_end_with_findings_and_the_rest_is_decided(project: Path, kam: Kam):
    replace(project / "accounts.csv", "420000.00", "-5.00")
    said = kam("run", "policy.yaml", "data.yaml", "--out", "r")
    assert said.code == 1
    assert "5 of 7 accounts decided" in said.out
    assert "row 2" in said.err
    told = kam("explain", "r", "A-01")
    assert told.code == 2
    assert "refused" in told.err
    checked = kam("check", "policy.yaml", "--data", "data.yaml", "--format", "csv")
    assert checked.code == 1
    contract = checked.out.split("# contract\n")[1].split("\n# ")[0]
    assert [row["effect"] for row in csv.DictReader(io.StringIO(contract))] == ["refused"]


def test_nothing_decided_is_never_zero(project: Path, kam: Kam):
    rows = (project / "accounts.csv").read_text().splitlines()
    (project / "accounts.csv").write_text("\n".join([rows[0], "A-06,Foxglove,ben,75000.00,390000.00,30000.00,,1.5,4,yes,,2025-01-13"]))
    said = kam("run", "policy.yaml", "data.yaml", "--out", "r")
    assert said.code == 1
    assert "KR508" in said.err


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda p: (p / "accounts.csv").write_text(""), "KR403", id="an empty file"),
        pytest.param(lambda p: (p / "accounts.csv").unlink(), "KR401", id="no file"),
        pytest.param(lambda p: replace(p / "accounts.csv", "revenue_fy2026", "revenue"), "KR404", id="a missing column"),
        pytest.param(lambda p: replace(p / "data.yaml", "    account_id: id\n", ""), "KR404", id="no column for the id"),
        pytest.param(lambda p: replace(p / "data.yaml", "as_of: 2026-06-30", "as_of: 2026-06-31"), "KR105", id="no such day"),
        pytest.param(lambda p: replace(p / "data.yaml", "accounts.csv", "accounts.xls"), "KR402", id="an ending that nobody reads"),
    ],
)
def test_a_file_fault_decides_nothing_and_ends_with_4(project: Path, kam: Kam, change: Callable[[Path], object], code: str):
    change(project)
    said = kam("run", "policy.yaml", "data.yaml", "--out", "r")
    assert said.code == 4
    assert code in said.err
    assert not (project / "r").exists()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("run", "policy.yaml", "none.yaml"), id="data"),
        pytest.param(("check", "none.yaml"), id="a policy"),
        pytest.param(("status", "policy.yaml", "--ledger", "l.db", "--roster", "none.yaml"), id="a roster"),
    ],
)
def test_an_empty_file_of_any_kind_is_not_said_to_come_from_init(project: Path, kam: Kam, words: tuple[str, ...]):
    (project / "none.yaml").write_text("")
    said = kam(*words)
    assert "KR011 this file is empty\n  fix: name another file; kam-rules init writes a policy and a data file to start from" in said.err


def test_a_table_that_is_not_there_is_not_said_to_be_named_by_a_data_file_that_nobody_gave(kam: Kam):
    said = kam("data", "inspect", "none.csv")
    assert "none.csv: KR401 cannot read this file: no such file or directory\n  fix: check the name" in said.err


def test_a_fault_of_ours_is_told_as_ours(project: Path, kam: Kam, monkeypatch: pytest.MonkeyPatch):  # noqa: ARG001
    def broken(*_: object, **__: object) -> None:
        message = "a bug"
        raise RuntimeError(message)

    monkeypatch.setattr(engine, "run", broken)
    said = kam("run", "policy.yaml", "data.yaml")
    assert said.code == 70
    assert "not in your files" in said.err


@pytest.mark.usefixtures("at_root")
def test_the_json_of_an_explanation_is_the_trail(kam: Kam, tmp_path: Path):
    kam("run", *SAAS, "--out", tmp_path / "r")
    trail = json.loads(kam("explain", tmp_path / "r", "ACC-1005", "--format", "json").out)
    assert trail == json.loads(json.dumps(engine.explain(tmp_path / "r", "ACC-1005")))
    assert trail["format"] == "kam-rules.trail/1"


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize(("account", "said"), [("ACC-105", "did you mean 'ACC-10"), ("nobody", "decisions.csv")])
def test_an_account_that_is_not_there_is_told_with_the_nearest(kam: Kam, tmp_path: Path, account: str, said: str):
    kam("run", *SAAS, "--out", tmp_path / "r")
    told = kam("explain", tmp_path / "r", account)
    assert told.code == 2
    assert said in told.err


@pytest.mark.parametrize(
    "word",
    [
        "tiers",
        "criteria.bands",
        "criteria.line",
        "targets.by_state.mature.target",
        "data.accounts.columns",
        "expressions",
        "fields.wallet.type",
    ],
)
def test_the_reference_has_a_page_for_every_word(kam: Kam, word: str):
    assert kam("schema", word).code == 0


@pytest.mark.parametrize(
    ("word", "near"), [("tier", "tiers"), ("criteria.band", "bands"), ("data.nominations", "stands elsewhere"), ("reps", "data.reps")]
)
def test_a_word_that_is_not_there_is_told_with_the_nearest(kam: Kam, word: str, near: str):
    said = kam("schema", word)
    assert said.code == 2
    assert near in said.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", ["run policy.yaml", "check policy.yaml --data", "data check --policy policy.yaml"])
def test_accounts_in_the_place_of_their_data_file_are_told_with_the_way_to_one(kam: Kam, command: str):
    said = kam(*command.split(), "accounts.csv")
    assert said.code == 4
    assert "accounts.csv: KR011 these are the accounts, not the data file" in said.err
    proposed = said.err.partition("kam-rules ")[2].replace("POLICY", "policy.yaml").replace("DAY", "2026-06-30")
    assert kam(*proposed.replace("--write data.yaml", "--write mine.yaml").split()).code == 0
    assert kam("data", "check", "--policy", "policy.yaml", "mine.yaml").code == 0


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("command", "key"),
    [
        pytest.param("check data.yaml", "accounts", id="the data file"),
        pytest.param("check policy.tests.yaml", "tests", id="the tests"),
        pytest.param("check policy.waivers.yaml", "waivers", id="the waivers"),
        pytest.param("run policy.yaml policy.yaml", "policy", id="the policy in the place of the data file"),
        pytest.param("run data.yaml policy.yaml", "accounts", id="both, each in the other's place"),
    ],
)
def test_a_file_of_another_kind_is_one_fault(kam: Kam, command: str, key: str):
    said = kam(*command.split())
    assert said.code in (3, 4)
    assert f"KR109 '{key}' stands elsewhere" in said.err
    assert said.err.count(" KR") == 1


@pytest.mark.usefixtures("project")
def test_one_key_of_another_file_hides_no_other_fault(kam: Kam):
    policy = Path("policy.yaml")
    policy.write_text(policy.read_text() + "\ntests: []\nwieght: 3\n", encoding="utf-8")
    said = kam("check", "policy.yaml")
    assert "KR109 'tests' stands elsewhere" in said.err
    assert "KR101 the key 'wieght' is not known here" in said.err


def ways(command: click.Command, name: str) -> list[str]:
    """Return every command line below a command, without its arguments."""
    if not isinstance(command, click.Group):
        return [name]
    context = click.Context(command)
    below = {word: command.get_command(context, word) for word in command.list_commands(context)}
    return [name, *(way for word, one in below.items() if one and not one.hidden for way in ways(one, f"{name} {word}".strip()))]


@pytest.mark.parametrize("way", ways(main, "")[1:])
def test_help_of_every_command_shows_an_example(kam: Kam, way: str):
    said = kam(*way.split(), "--help")
    assert said.code == 0
    assert "Example" in said.out
    assert f"kam-rules {way}" in said.out.partition("Example")[2]


@pytest.mark.parametrize(
    ("word", "said"),
    [("explan", "did you mean 'explain'?"), ("mid_year", "did you mean 'mid-year'?"), ("zzz", "kam-rules --help lists them all")],
)
def test_a_command_that_is_not_there_is_told_with_the_nearest(kam: Kam, word: str, said: str):
    told = kam(word)
    assert told.code == 2
    assert f"there is no command '{word}'; {said}" in told.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("written", "faults"), [("otherwise: 'yes'", 1), ("otherwise: false", 1), ("otherwise: true", 0)])
def test_a_wrong_yes_or_no_is_one_fault(kam: Kam, written: str, faults: int):
    replace(Path("policy.yaml"), "id: core, otherwise: true", f"id: core, {written}")
    said = json.loads(kam("check", "policy.yaml", "--format", "json").out)
    assert len(said.get("faults", [])) == faults


@pytest.mark.parametrize("group", ["data", "ledger", "report", "sheet", "test"])
def test_a_command_below_another_is_listed_by_its_whole_first_sentence(kam: Kam, group: str):
    said = kam(group, "--help")
    assert "..." not in said.out.partition("Commands:")[2]
    assert said.out.partition("Commands:")[2].strip()


@pytest.mark.usefixtures("at_root")
def test_the_same_command_says_the_same_every_time(kam: Kam, tmp_path: Path):
    first = kam("run", *RESELLERS, "--out", tmp_path / "a", "--format", "json").out
    second = kam("run", *RESELLERS, "--out", tmp_path / "b", "--format", "json").out
    assert first.replace(str(tmp_path / "a"), "") == second.replace(str(tmp_path / "b"), "")
    for name in ("decisions.csv", "trail.parquet", "policy.json", "faults.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_terminal_without_colour_gets_none(kam: Kam, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in kam("schema").out
    assert os.environ["NO_COLOR"] == "1"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("limit", ["at_most: 0% of accounts", "at_most: 50% of accounts"])
def test_an_account_alone_is_bounded_by_no_limit(kam: Kam, limit: str):
    """A share of a book is not held against one account: half of one, rounded down, would be none."""
    policy = Path("policy.yaml")
    policy.write_text(policy.read_text(encoding="utf-8").replace("at_most: 50% of accounts", limit), encoding="utf-8")
    values = "base_revenue=420000 wallet=1600000 gross_margin=180000 health_score=82 alignment=5 values_strengths=true willing=true"
    said = kam("decide", "policy.yaml", *(word for value in values.split() for word in ("--values", value)))
    assert said.code == 0
    assert "Tier          strategic\n" in said.out


@pytest.mark.usefixtures("project")
def test_one_account_is_decided_from_values_given_by_hand(kam: Kam):
    said = kam("decide", "policy.yaml", "--values", "base_revenue=420000", "--values", "wallet=1600000", "--values", "health_score=82")
    assert said.code == 0
    assert "125% of 420,000.00 = 525,000.00 USD" in said.out
    assert "durable; decided again when explained by reference, with the same answers" in said.out


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("values", "code", "finding"),
    [
        pytest.param(("base_revenu=1",), 2, "did you mean 'base_revenue'?", id="a field that is not there"),
        pytest.param(("base_revenue=-1",), 4, "KR422 base_revenue=-1: ", id="a value out of contract"),
        pytest.param(("base_revenue=abc",), 4, "KR421 base_revenue=abc: this is not a number; refused", id="no number"),
        pytest.param(("wallet=5",), 4, "KR404", id="a required field not given"),
        pytest.param(("base_revenue",), 2, "name=value", id="no value"),
    ],
)
def test_values_that_decide_nothing_are_told(kam: Kam, values: tuple[str, ...], code: int, finding: str):
    said = kam("decide", "policy.yaml", *(part for value in values for part in ("--values", value)))
    assert said.code == code
    assert finding in said.err


@pytest.mark.usefixtures("project")
def test_the_witness_is_told_and_can_be_left_out(project: Path, kam: Kam):
    assert "durable-rules decided all 8 accounts again" in kam("run", "policy.yaml", "data.yaml", "--out", "a").out
    assert "none was asked" in kam("run", "policy.yaml", "data.yaml", "--out", "b", "--no-witness").out
    told = [json.loads((project / name / "manifest.json").read_text())["run"]["witness"] for name in ("a", "b")]
    assert told == [{"engine": "durable", "accounts": 8, "sample": 8, "edges": 0, "own": 0}, None]


@pytest.mark.usefixtures("project")
def test_every_engine_writes_the_same_decisions(project: Path, kam: Kam):
    for engine_ in ("reference", "columnar", "durable"):
        assert kam("run", "policy.yaml", "data.yaml", "--out", engine_, "--engine", engine_).code == 0
    texts = {(project / name / "decisions.csv").read_bytes() for name in ("reference", "columnar", "durable")}
    assert len(texts) == 1


@pytest.mark.usefixtures("project")
def test_a_broken_engine_ends_the_run_with_6(project: Path, kam: Kam, monkeypatch: pytest.MonkeyPatch):
    """Account, list and both answers are named, and nothing is written."""
    import polars as pl

    from kam_rules.backends import columnar
    from kam_rules.model.outcome import Layout

    right = columnar.Columnar.decide

    def wrong(self: columnar.Columnar, stage: object, table: pl.DataFrame, progress: object) -> pl.DataFrame:
        answer = right(self, stage, table, progress)  # type: ignore[arg-type]
        slots = Layout(stage).slots.get(("states", "rule"), ())  # type: ignore[arg-type]
        return answer.with_columns((pl.col(s.word) & ~(((1 << s.bits) - 1) << s.shift)) + (4 << s.shift) for s in slots)

    monkeypatch.setattr(columnar.Columnar, "decide", wrong)
    said = kam("run", "policy.yaml", "data.yaml", "--out", "r")
    assert said.code == 6
    assert "A-02: 'states' is rule 'high_potential' by columnar, rule 'mature' by durable" in said.err
    assert not (project / "r").exists()


@pytest.mark.usefixtures("at_root")
def test_firing_counts_add_up_to_the_accounts(kam: Kam, tmp_path: Path):
    kam("run", *SAAS, "--out", tmp_path / "r")
    rows = json.loads(kam("report", "rules", tmp_path / "r", "--format", "json").out)["rules"]
    states = sum(row["fired"] for row in rows if row["list"] == "states")
    assert states == 86 - 7, "each account has one state, but for the seven that are undecided"
    assert {row["rule"] for row in rows if row["list"] == "triggers" and row["fired"] == 0} == set()


def test_values_rounded_as_they_were_read_are_told(project: Path, kam: Kam):
    """Rounding happens once, half to even, and is never silent."""
    replace(project / "accounts.csv", "ana,420000.00", "ana,420000.125")
    said = kam("run", "policy.yaml", "data.yaml", "--out", "r")
    assert "KR606 1 value of 'base_revenue' had more decimals" in said.out
    assert "125% of 420,000.12 = 525,000.15 USD" in kam("explain", "r", "A-01").out
    assert json.loads((project / "r" / "manifest.json").read_text())["run"]["rounded"] == {"base_revenue": 1}


def test_every_finding_has_a_page_by_its_code(kam: Kam):
    said = kam("schema", "kr301")
    assert said.code == 0
    assert said.out.startswith("KR301: ")
    assert "Instead" in said.out
