"""A run can be decided again without the program that made it (F: run pack)."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kam_rules import engine
from kam_rules.evidence.pack import MANIFEST, canonical, sha256
from kam_rules.model.run import Run
from tests.conftest import RESELLERS, RESELLERS_2020, ROOT, SAAS, Said
from tests.evidence.signing import project
from tests.evidence.test_overrides import MAY, judged, line
from tests.evidence.test_overrides import given as overridden

REVIEWED = ("examples/adventureworks/review_fy2021.yaml", "examples/adventureworks/data_review.yaml")


def rederive(folder: Path) -> tuple[int, str]:
    """Run the verifier of a folder as an auditor does: no packages, no environment, another working folder."""
    done = called(folder)
    assert not done.stderr
    return done.returncode, done.stdout


def called(folder: Path, *values: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier, on other values than the folder's own if they are named."""
    command = [sys.executable, "-I", "-S", *map(str, (folder / "rederive.py", *values))]
    return subprocess.run(command, cwd="/", env={}, capture_output=True, text=True, check=False, timeout=120)


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
    assert code == 0
    assert said.endswith(f": {accounts} accounts decided again, 0 differ; {columns} of {columns} columns compared\n")


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
    assert "ACC-1001: seat_rank is recorded as 5, decided again 4 (rule key, " in rederive(pack)[1]


def reseal(folder: Path) -> None:
    """Give the changed decisions their new hash, and the manifest its own: what somebody does who knows how runs are sealed."""
    file = folder / MANIFEST
    told = json.loads(file.read_text(encoding="utf-8"))
    for output in told["run"]["outputs"]:
        output["sha256"] = sha256(folder / output["path"])
    told["run_sha256"] = hashlib.sha256(canonical(told["run"])).hexdigest()
    file.write_text(json.dumps(told), encoding="utf-8")


def change(folder: Path, account: str, **cells: str) -> None:
    """Write other cells into the line of an account of decisions.csv."""
    file = folder / "decisions.csv"
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        rows = [row | cells if row["account_id"] == account else row for row in reader]
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, reader.fieldnames or (), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


POLICY = "policies/key-accounts/fy2027.yaml:"


@pytest.mark.parametrize(
    ("column", "cell", "again"),
    [
        pytest.param("tier", "strategic", f"key (rule key, {POLICY}", id="tier"),
        pytest.param("seat", "capacity", f"seated (rule key, {POLICY}", id="seat"),
        pytest.param("state", "mature", f"high_potential (rule high_potential, {POLICY}", id="state"),
        pytest.param("committed_target", "1.00", f"787500 (rule high_potential, {POLICY}", id="target"),
        pytest.param("uniform_target", "1.00", "705600", id="baseline"),
        pytest.param("triggers", "diamond", f"nothing (rule diamond, {POLICY}", id="trigger"),
        pytest.param("action", "demote", "nothing\n", id="action: no trigger is true, and no rule stands behind it"),
        pytest.param("gates_passed", "", f"strategic_alignment value willingness (rule strategic_alignment, {POLICY}", id="gate"),
        pytest.param("owner", "R-99", "R-01\n", id="owner: a value, no rule stands behind it"),
    ],
)
def test_whatever_differs_is_named_with_rule_and_place_even_where_the_hashes_were_made_anew(pack: Path, column: str, cell: str, again: str):
    change(pack, "ACC-1001", **{column: cell})
    reseal(pack)
    code, said = rederive(pack)
    assert code == 1
    assert f"ACC-1001: {column} is recorded as {cell or 'nothing'}, decided again {again}" in said
    assert "86 accounts decided again, 1 differ" in said


def test_a_seat_that_patience_gives_is_named_with_the_tier_and_the_section_that_holds_it(at_root: None, tmp_path: Path):  # noqa: ARG001
    """AW00000010 falls short of strategic in its first review: two would take the tier away."""
    folder = engine.write(engine.run(*REVIEWED, witness=False), tmp_path / "run")
    change(folder, "AW00000010", tier="key", seat="seated", below_for="2", since="2020-07-01")
    reseal(folder)
    code, said = rederive(folder)
    assert code == 1
    lines = [line for line in said.splitlines() if line.startswith("AW00000010: ")]
    assert [line.split(" (")[0].removeprefix("AW00000010: ") for line in lines] == [
        "tier is recorded as key, decided again strategic",
        "seat is recorded as seated, decided again held_count",
        "since is recorded as 2020-07-01, decided again 2019-07-01",
        "below_for is recorded as 2, decided again 1",
    ]
    places = ("rule strategic, policies/resellers/fy2021.yaml:", "tier_changes, examples/adventureworks/review_fy2021.yaml:")
    assert all(place in line for line in lines for place in places)


def test_overrides_are_put_in_again_and_stand_in_columns_of_their_own(tmp_path: Path):
    here = project(tmp_path / "work")
    here.put("sales-director", "sales", MAY)
    review = (judged("A-01", "reject", to="core"),)
    lines = (line(), line("A-05", "state", "high_potential"), line("A-02", "tier", "key"), line("A-05", "target", "105.5%"))
    folder = engine.write(overridden(here, *lines, review=review), tmp_path / "run")
    code, said = rederive(folder)
    assert (code, said.count("0 differ")) == (0, True), said
    change(folder, "A-03", final_committed_target="1.00")
    change(folder, "A-02", final_tier="strategic")
    change(folder, "A-01", final_tier="strategic", overridden="")
    change(folder, "A-06", overridden="target")
    reseal(folder)
    code, said = rederive(folder)
    assert code == 1
    assert "A-03: final_committed_target is recorded as 1.00, decided again 112500 (override, " in said
    assert "A-02: final_tier is recorded as strategic, decided again key (override, " in said
    assert "A-01: final_tier is recorded as strategic, decided again core (override, " in said
    assert "A-01: overridden is recorded as nothing, decided again tier (override, " in said
    assert "A-06: overridden is recorded as target, decided again nothing\n" in said


def test_an_unknown_rule_is_what_stands_behind_an_open_state(pack: Path):
    """No rule decided; the one that could not be answered is named."""
    file = pack / "decisions.csv"
    with file.open(encoding="utf-8", newline="") as text:
        open_ = next(row["account_id"] for row in csv.DictReader(text) if not row["state"])
    change(pack, open_, state="mature")
    assert f"{open_}: state is recorded as mature, decided again nothing (rule" in (said := rederive(pack)[1])
    assert "cannot be answered, policies/key-accounts/fy2027.yaml:" in said


def test_a_column_that_nobody_decides_again_is_said_to_be_left(pack: Path):
    file = pack / "decisions.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([f"{lines[0]},mood", *(f"{line},good" for line in lines[1:])]) + "\n", encoding="utf-8")
    reseal(pack)
    code, said = rederive(pack)
    assert (code, said.endswith("0 differ; 32 of 33 columns compared; not compared: mood\n")) == (0, True)


def test_a_column_that_is_gone_is_a_difference(pack: Path):
    file = pack / "decisions.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("seat_rank", "place", 1), encoding="utf-8")
    assert "ACC-1001: seat_rank is recorded as nothing, decided again 4" in rederive(pack)[1]


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        pytest.param("manifest.json", None, "manifest.json cannot be read (No such file", id="no manifest"),
        pytest.param("manifest.json", b"{", "manifest.json cannot be read (Expecting", id="a manifest that is no JSON"),
        pytest.param("manifest.json", b"[]", "another form", id="a manifest that is a list"),
        pytest.param("program.json", None, "program.json cannot be read (No such file", id="no program"),
        pytest.param("program.json", b"no JSON", "program.json cannot be read (Expecting value", id="a program that is no JSON"),
        pytest.param("program.json", b"{}", "program.json cannot be read ('stages')", id="a program without stages"),
        pytest.param("program.json", b"[" * 100_000, "program.json cannot be read (", id="a program nested without end"),
        pytest.param("program.json", b"\xff\xfe\x00", "program.json cannot be read (", id="a program in another encoding"),
        pytest.param("decisions.csv", None, "decisions.csv cannot be read (No such file", id="no decisions"),
        pytest.param("decisions.csv", b"a,b\n1,2\n", "decisions.csv cannot be read ('row')", id="decisions without rows of the source"),
        pytest.param("decisions.csv", b"row\n1\n1\n", "decisions.csv cannot be read (row 1 stands twice)", id="a row twice"),
        pytest.param("values.jsonl.gz", None, "there is no values.jsonl.gz", id="no values"),
        pytest.param("values.jsonl.gz", b"\x1f", "values.jsonl.gz cannot be read (", id="values cut off at once"),
        pytest.param("values.jsonl.gz", 300, "values.jsonl.gz cannot be read (Compressed file ended", id="values cut off"),
        pytest.param("values.jsonl.gz", b"row,1", "values.jsonl.gz cannot be read (Not a gzipped file", id="values that are not packed"),
        pytest.param("values.jsonl.gz", gzip.compress(b"{"), "values.jsonl.gz cannot be read (Expecting", id="values that are no JSON"),
        pytest.param("values.jsonl.gz", gzip.compress(b'{"row": 2}'), "another form", id="values without an account"),
    ],
)
def test_a_folder_that_cannot_be_decided_again_is_told_in_one_line(pack: Path, name: str, spoil: bytes | int | None, words: str):
    file = pack / name
    if spoil is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:spoil] if isinstance(spoil, int) else spoil)
    done = called(pack)
    assert (done.returncode, done.stderr.count("\n"), words in done.stderr) == (5, 1, True), done.stderr


def test_it_says_what_it_does(pack: Path):
    done = subprocess.run([sys.executable, "-I", "-S", str(pack / "rederive.py"), "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0,
        "Re-decide every account of this folder, and print what differs from decisions.csv.",
    )


def test_the_values_of_another_run_are_refused(pack: Path, resellers: Run, tmp_path: Path):
    other = engine.write(resellers, tmp_path / "other")
    done = called(pack, other / "values.jsonl.gz")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("values.jsonl.gz holds the values of another run: kam-rules verify RUN --values FILE writes")


def test_without_a_digest_the_accounts_tell_whose_values_they_are(pack: Path, resellers: Run, tmp_path: Path):
    """The manifest of a run above 100,000 accounts holds none."""
    other = engine.write(resellers, tmp_path / "other")
    file = pack / MANIFEST
    told = json.loads(file.read_text(encoding="utf-8"))
    told["run"]["values"] = ""
    file.write_text(json.dumps(told), encoding="utf-8")
    reseal(pack)
    assert "holds the values of another run" in called(pack, other / "values.jsonl.gz").stderr
    shutil.copy(pack / "values.jsonl.gz", tmp_path)
    assert called(pack, tmp_path / "values.jsonl.gz").returncode == 0


def test_a_changed_value_is_named_with_what_hangs_on_it(pack: Path):
    file = pack / "values.jsonl.gz"
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    first = json.loads(lines[0])
    lines[0] = json.dumps(first | {"base_revenue": first["base_revenue"] + 100})
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    code, said = rederive(pack)
    assert (code, said.splitlines()[0]) == (5, "changed since it was written: values.jsonl.gz")
    assert f"{first['account_id']}: base_revenue is recorded as" in said


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
