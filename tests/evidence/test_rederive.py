"""A run can be decided again without the program that made it (F: run pack)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kam_rules import engine
from kam_rules.evidence.pack import MANIFEST
from kam_rules.model.run import Run
from tests.conftest import RESELLERS, RESELLERS_2020, ROOT, SAAS, Said


REVIEWED = ("examples/adventureworks/review_fy2021.yaml", "examples/adventureworks/data_review.yaml")


def rederive(folder: Path) -> tuple[int, str]:
    """Run the verifier of a folder as an auditor does: no packages, no environment, another working folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", folder / "rederive.py"], cwd="/", env={}, capture_output=True, text=True, check=False, timeout=120
    )
    assert not done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def pack(saas: Run, tmp_path: Path) -> Path:
    """Return a fresh run folder."""
    return engine.write(saas, tmp_path / "run")


@pytest.mark.parametrize(
    ("files", "accounts"),
    [
        pytest.param(SAAS, 86, id="saas"),
        pytest.param(RESELLERS, 701, id="adventureworks"),
        pytest.param(RESELLERS_2020, 701, id="adventureworks, the year before"),
        pytest.param(REVIEWED, 701, id="adventureworks, reviewed: who held which tier before"),
    ],
)
def test_every_account_of_both_examples_is_decided_alike(files: tuple[str, str], accounts: int, tmp_path: Path):
    folder = engine.write(engine.run(*(ROOT / file for file in files), witness=False), tmp_path / "run")
    code, said = rederive(folder)
    columns = len((folder / "decisions.csv").read_text(encoding="utf-8").splitlines()[0].split(","))
    last = said.splitlines()[-1]
    assert (code, last) == (0, f"{last[:last.index(':')]}: {accounts} accounts decided again, 0 differ; {columns} of {columns} columns compared")


def test_python_without_packages_has_no_kam_rules():
    done = subprocess.run([sys.executable, "-I", "-S", "-c", "import kam_rules"], cwd="/", capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in done.stderr


def _edit(folder: Path, old: str, new: str) -> None:
    file = folder / "decisions.csv"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_decision_is_named_with_account_column_rule_and_place(pack: Path):
    _edit(pack, "R-01,key,high_potential,630000.00,1.250000", "R-01,key,mature,630000.00,1.260000")
    code, said = rederive(pack)
    lines = said.splitlines()
    assert code == 5
    assert lines[0] == "changed since it was written: decisions.csv"
    target = next(line for line in lines if line.startswith("ACC-1001: target_nrr is recorded as 1.260000, decided again 1.25"))
    assert "(rule high_potential, policies/key-accounts/fy2027.yaml:" in target
    state = next(line for line in lines if line.startswith("ACC-1001: state is recorded as mature, decided again high_potential"))
    assert "(rule high_potential, policies/key-accounts/fy2027.yaml:" in state
    assert "86 accounts decided again, 1 differ" in lines[-1]


def test_a_seat_is_taken_again_by_all_accounts_at_once(pack: Path):
    _edit(pack, "71.05,71.05,false,seated,4,", "71.05,71.05,false,seated,5,")
    assert "ACC-1001: seat_rank is recorded as 5, decided again 4\n" in rederive(pack)[1]


def test_an_account_left_out_of_the_decisions_is_named(pack: Path):
    file = pack / "decisions.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("ACC-1002,")), encoding="utf-8")
    assert "row 3: it stands in only one of values and decisions\n" in rederive(pack)[1]


def test_a_changed_rule_decides_otherwise(pack: Path):
    file = pack / "program.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["seating"]["tiers"][0]["capacity"] is not None
    told["seating"]["tiers"][0]["capacity"] = 1
    file.write_text(json.dumps(told), encoding="utf-8")
    code, said = rederive(pack)
    assert code == 5
    assert "changed since it was written: program.json\n" in said
    assert ": seat is recorded as seated, decided again capacity" in said


def test_a_changed_manifest_is_named(pack: Path):
    file = pack / MANIFEST
    file.write_text(file.read_text(encoding="utf-8").replace('"rows": 86', '"rows": 87'), encoding="utf-8")
    assert rederive(pack)[1].startswith("changed since it was written: manifest.json\n")


def test_the_same_values_give_the_same_bytes(saas: Run, pack: Path, tmp_path: Path):
    again = engine.write(saas, tmp_path / "again")
    assert (pack / "values.jsonl.gz").read_bytes() == (again / "values.jsonl.gz").read_bytes()


def test_hostile_ids_stay_what_they_are(kam: Callable[..., Said], tmp_path: Path):
    """An id that starts like a formula is quoted in decisions.csv alone; ties are broken by the id as it is."""
    assert kam("init", tmp_path / "p").code == 0
    data = tmp_path / "p" / "accounts.csv"
    rows = data.read_text(encoding="utf-8").splitlines()
    first = rows[1].split(",")
    rows[1] = ",".join(["=1+1", *first[1:]])
    data.write_text("\n".join(rows) + "\n", encoding="utf-8")
    kam("run", tmp_path / "p" / "policy.yaml", tmp_path / "p" / "data.yaml", "--out", tmp_path / "out")
    assert "'=1+1" in (tmp_path / "out" / "decisions.csv").read_text(encoding="utf-8")
    assert rederive(tmp_path / "out")[0] == 0
