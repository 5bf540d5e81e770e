"""Whatever is told of a run says whether its policy was a draft: to people in words, to machines as `policy_status`."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kam_rules import engine, programme, years
from kam_rules.formats import format_
from kam_rules.model.report import Report
from kam_rules.model.run import Run
from kam_rules.model.standing import ACTIVE, DRAFT, STATUS, Standing
from kam_rules.reports.views import VIEWS, view
from kam_rules.reports.why_not import why_not
from tests.conftest import ROOT, Said
from tests.money.book import ACCOUNTS, FIELDS, policy, run

Kam = Callable[..., Said]
SAAS, AW = ROOT / "examples/saas", ROOT / "examples/adventureworks"
OF_A_RUN = ("rules", "baselines", "cushion", "resources", "governance", "incentives", "fairness", "crm", "summary", "reconciliation")
NOT_OF_A_RUN = {"checked", "diff", "handbook", "inspected", "ledger", "policies", "published", "reference", "status", "trials"}
"""Reports of policies, files and the ledger; a run that is published is of an active policy."""


@pytest.fixture(scope="module", params=[DRAFT, ACTIVE])
def status(request: pytest.FixtureRequest) -> str:
    """Return each status that a policy may have."""
    return str(request.param)


@pytest.fixture(scope="module")
def book(saas: Run, status: str) -> Run:
    """Return the SaaS run under a policy of that status."""
    return _under(saas, status)


@pytest.fixture(scope="module")
def folder(book: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its folder."""
    return engine.write(book, tmp_path_factory.mktemp("status") / "run")


def _under(found: Run, status: str) -> Run:
    return replace(found, standing=Standing(status, "" if status == ACTIVE else "nobody has signed it"))


def test_what_is_written_is_what_is_read(folder: Path, status: str):
    assert engine.read(folder).standing.status == status


# --- What is shown ----------------------------------------------------------------------------------------------------


def reports(book: Run, resellers: Run) -> Iterator[Report]:
    """Return every report of a run."""
    for name in OF_A_RUN:
        yield getattr(import_module(f"kam_rules.reports.{name}"), name)(*([book, "run"] if name == "summary" else [book]))
    names = ("mid_year", "periods", "pay", "year_end", "turns", "fairness", "statement")
    told = {name: import_module(f"kam_rules.reports.{name}") for name in names}
    yield told["mid_year"].mid_year(book, years.mid_year(book, SAAS / "changes.yaml"))
    yield told["periods"].periods(book, years.periods(book))
    for person in ("", "R-02"):
        yield told["pay"].pay(book, programme.pay(book, SAAS / "pay_fy2027.yaml"), person)
    yield told["year_end"].year_end(resellers, years.year_end(resellers, AW / "actuals_fy2020.yaml"))
    yield told["turns"].turns(book, "ACC-1001", (), None)
    yield told["fairness"].fairness(book, "R-01")
    yield told["statement"].statement(book, "R-01")
    yield programme.define(book)
    yield programme.brief(book)
    for what in ("ACC-1001", "rep:R-01", "team:Industry"):
        yield from (view(engine.explain(book, what), name) for name in VIEWS)
    yield why_not(engine.explain(book, "ACC-1001"), "key")


def test_every_report_of_a_run_says_it_in_every_format(book: Run, resellers: Run, status: str):
    for report in reports(book, _under(resellers, status)):
        assert report.status == status, report.key
        for name in ("text", "markdown", "html"):
            told = format_(name).render(report, width=120, color=False)
            assert ("(draft)" in told) == (status == DRAFT), (report.key, name)
        assert status in _machines(report), report.key
        for table in _tables(format_("csv").render(report, width=120, color=False)):
            assert {row[-1] for row in table[1:]} <= {status}, report.key
            assert table[0][-1] == STATUS, report.key


def _machines(report: Report) -> set[str]:
    """Return what a program reads of a report's status: one answer an object."""
    data = json.loads(format_("json").render(report, width=120, color=False))
    objects = data if isinstance(data, list) else [data]
    return {str(one.get(STATUS) or one.get("signed") or one["policy"]["signed"]).partition(":")[0] for one in objects}


def _tables(text: str) -> Iterator[list[list[str]]]:
    for part in re.split(r"(?m)^# .*\n", text):
        if part.strip():
            yield [row for row in csv.reader(io.StringIO(part)) if row]


def test_benefits_say_it_too(status: str):
    own = FIELDS.replace("[high, solid, risk]}", "[high, solid, risk], supplied_by: owner}")
    told = programme.benefits(_under(run(policy(fields=own)), status))
    assert ("(draft)" in told.title, told.status) == (status == DRAFT, status)


def test_no_report_of_a_run_is_left_out():
    """Each file of `reports` tells the status, or tells nothing that a policy decided."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "kam_rules/reports").glob("*.py")}
    makers = {name: re.findall(r"(?m)return Report\(.*$", text) for name, text in files.items()}
    silent = {name for name, lines in makers.items() if any("status=" not in line for line in lines)}
    assert silent == NOT_OF_A_RUN


# --- What is written --------------------------------------------------------------------------------------------------


def told_by(folder: Path) -> dict[str, set[str | None]]:
    """Return what the rows of every CSV of a run say, by file."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.csv")}
    assert {name: text.partition("\n")[0].rpartition(",")[2] for name, text in texts.items()} == dict.fromkeys(texts, STATUS)
    return {name: {row[STATUS] for row in csv.DictReader(io.StringIO(text))} for name, text in texts.items()}


def test_every_csv_of_a_run_says_it_in_every_row(folder: Path, status: str, tmp_path: Path):
    book = [{**ACCOUNTS[0], "base_revenue": "much"}, ACCOUNTS[1], ACCOUNTS[1], *ACCOUNTS[2:]]
    told = told_by(folder), told_by(engine.write(_under(run(policy(), book), status), tmp_path / "run"))
    said = {name for one in told for name, rows in one.items() if rows == {status}}
    assert said >= {"decisions.csv", "quotas.csv", "faults.csv", "refused.csv"}
    assert all(rows <= {status} for one in told for rows in one.values())


def test_every_document_of_a_run_says_it(folder: Path, status: str):
    assert json.loads((folder / "reconciliation.json").read_text(encoding="utf-8"))["signed"].startswith(status)
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["run"]["standing"]["status"] == status


def test_the_folder_verifies_itself_with_the_status(folder: Path):
    told = subprocess.run([sys.executable, "rederive.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "not compared" not in told.stdout


def test_a_status_that_was_changed_by_hand_differs(folder: Path, tmp_path: Path):
    copy = tmp_path / "run"
    subprocess.run(["cp", "-r", folder, copy], check=True)
    text = (copy / "decisions.csv").read_text(encoding="utf-8")
    other = {DRAFT: ACTIVE, ACTIVE: DRAFT}
    (copy / "decisions.csv").write_text(re.sub(r"(?m),(draft|active)$", lambda m: f",{other[m[1]]}", text, count=1), encoding="utf-8")
    told = subprocess.run([sys.executable, "rederive.py"], cwd=copy, capture_output=True, text=True, check=False)
    assert f"{STATUS} is recorded as" in told.stdout


def test_commands_that_write_a_file_say_it_on_the_way(folder: Path, kam: Kam, tmp_path: Path, status: str):
    audit = kam("audit", folder, "--n", 5, "--out", tmp_path / "audit.xlsx")
    assert f"the policy: {status}" in audit.out
    first = load_workbook(tmp_path / "audit.xlsx").worksheets[0]
    assert any(str(cell).startswith(status) for row in first.iter_rows(values_only=True) for cell in row)
    history = kam("history", folder, tmp_path / "history.csv")
    assert ("(draft)" in history.out) == (status == DRAFT), history.out
    assert kam("brief", folder, "--out", tmp_path / "brief.html", "--statements", tmp_path / "statements").code == 0
    for page in (tmp_path / "brief.html", *(tmp_path / "statements").iterdir()):
        assert ("(draft)" in page.read_text(encoding="utf-8")) == (status == DRAFT)
