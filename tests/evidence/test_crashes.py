"""A crash at any write of a command (R-LEDGER): nothing lost, nothing doubled, and doing it again ends where it would have."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kam_rules import engine, proof
from kam_rules.evidence import pack
from tests.evidence import crashing
from tests.evidence.signing import BEFORE, project
from tests.evidence.test_ledger import crashed, shim  # noqa: F401 - a fixture
from tests.evidence.test_overrides import HEAD, line

WAYS = pytest.mark.parametrize("way", [1, 2], ids=["killed in the middle", "the disk is full"])
MAY = "policy: unlimited, override: unlimited, publication: unlimited"
FUNCTIONS = "customer_success, account_based_marketing, product_management, sales_leadership"
REPS = "rep_id,name,manager\nana,Ana,\nben,Ben,ana\n"
RECONCILIATION = """
reconciliation:
  top_down: {per: total, nrr: 100%, source: the board}
  shortfall_as: share of top_down
  ladder:
    - {id: more, below: 0%, then: surplus}
    - {id: all, otherwise: true, then: manager_supplement}
  unit: 1
"""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project: a policy in force, an override that is not signed yet, and a recorded run with quotas."""
    here = project(tmp_path_factory.mktemp("crashes") / "start")
    here.policy.write_text(re.sub(r"signers: \[.*?\]", "signers: [cfo]", here.policy.read_text()) + RECONCILIATION, encoding="utf-8")
    here.data.write_text(here.data.read_text() + "reps:\n  file: reps.csv\n  columns: {rep_id: rep_id, name: name, manager: manager}\n")
    (here.folder / "reps.csv").write_text(REPS, encoding="utf-8")
    (here.folder / "overrides.yaml").write_text(HEAD + "overrides:\n" + line(approver="cfo"), encoding="utf-8")
    here.put("cfo", FUNCTIONS, MAY)
    here.sign("policy.yaml", "cfo")
    engine.write(here.run(), here.folder / "first")
    proof.record_run(here.folder / "first", here.ledger, BEFORE)
    return here.folder


@WAYS
@pytest.mark.parametrize(("what", "more"), [("signing", ["approval"]), ("publishing", ["publication"])])
def test_a_signature_or_a_publication_that_is_stopped_at_any_write_comes_once(
    shim: Path,  # noqa: F811
    start: Path,
    what: str,
    more: list[str],
    way: int,
    tmp_path: Path,
):
    told = crashed(shim, what, way, tmp_path, start, step=4)
    before = [entry.kind for entry in proof.entries(start / "ledger.db")]
    assert len(told) > 5
    assert [one["code"] for one in told] == [-9 if way < 2 else 10] * (len(told) - 1) + [0]
    for one in told:
        folder = tmp_path / f"{one['nth']:03}"
        assert [entry.kind for entry in proof.entries(folder / "ledger.db")] in ([before, [*before, *more]])
        crashing.THINGS[what][1](folder)
        assert [entry.kind for entry in proof.entries(folder / "ledger.db")] == [*before, *more]


@WAYS
def test_a_run_with_overrides_that_is_stopped_at_any_write_is_whole_when_it_is_decided_again(
    shim: Path,  # noqa: F811
    start: Path,
    way: int,
    tmp_path: Path,
):
    """No run stands in its place that is not complete, no entry tells of a run that is not there, and none comes twice."""
    signed = tmp_path / "signed"
    shutil.copytree(start, signed)
    crashing.signing(signed)
    told = crashed(shim, "running", way, tmp_path, signed, step=5)
    before = [entry.kind for entry in proof.entries(signed / "ledger.db")]
    assert told[-1]["nth"] > 40
    assert [one["code"] for one in told] == [-9 if way < 2 else 10] * (len(told) - 1) + [0]
    for one in told:
        folder = tmp_path / f"{one['nth']:03}"
        done = sorted(path for path in (folder / "runs").glob("*") if not path.name.startswith(".")) if (folder / "runs").exists() else []
        for path in done:
            pack.hold(path, pack.read_manifest(path), lambda _: True)
        kinds = [entry.kind for entry in proof.entries(folder / "ledger.db")]
        assert kinds == before or (done and kinds == [*before, "run", "override"])
        crashing.running(folder)
        assert [entry.kind for entry in proof.entries(folder / "ledger.db")] == [*before, "run", "override"]


@WAYS
def test_a_workbook_that_is_stopped_at_any_write_is_whole_or_absent(shim: Path, start: Path, way: int, tmp_path: Path):  # noqa: F811
    told = crashed(shim, "auditing", way, tmp_path, start, step=4)
    assert [one["code"] for one in told] == [-9 if way < 2 else 10] * (len(told) - 1) + [0]
    for one in told[:-1]:
        path = tmp_path / f"{one['nth']:03}" / "audit.xlsx"
        assert not path.exists() or len(load_workbook(path)["values"]["A"]) > 5


@pytest.mark.parametrize("words", [("schema",), ("ledger", "list", "ledger.db", "--format", "json")])
def test_a_result_that_stdout_has_no_room_for_is_told_and_is_no_fault_of_ours(start: Path, words: tuple[str, ...]):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-c", "from kam_rules.cli.main import main; main()", *words]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=start)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "KR502 cannot write: no space left on device")
    assert "Traceback" not in done.stderr
