"""A run folder is written whole or not at all, and says when it was changed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from jsonschema import Draft202012Validator

from kam_rules import engine
from kam_rules.evidence.pack import MANIFEST, canonical, sha256, writing
from kam_rules.model.errors import DisagreementError, IntegrityError, KamError, UsageError
from kam_rules.model.parts import whole
from kam_rules.model.run import Run
from tests.conftest import ROOT, Said

FILES = (
    "policy.yaml",
    "policy.json",
    "data.yaml",
    "accounts.parquet",
    "raw.parquet",
    "faults.parquet",
    "faults.csv",
    "refused.csv",
    "refused.parquet",
    "set_aside.csv",
    "set_aside.parquet",
    "trail.parquet",
    "decisions.parquet",
    "decisions.csv",
    "reps.parquet",
    "quotas.parquet",
    "quotas.csv",
    "reconciliation.json",
    "program.json",
    "values.jsonl.gz",
    "rederive.py",
)


@pytest.fixture
def written(saas: Run, tmp_path: Path) -> Path:
    """Return a fresh run folder."""
    return engine.write(saas, tmp_path / "run", {"at": "2026-02-01T00:00:00+00:00"})


def test_the_manifest_names_every_file_with_its_hash(written: Path):
    manifest = json.loads((written / MANIFEST).read_text())
    told = {f["path"]: f["sha256"] for f in manifest["run"]["outputs"]}
    assert set(told) == set(FILES)
    assert all(sha256(written / name) == digest for name, digest in told.items())


def test_the_manifest_fits_its_published_schema(written: Path):
    schema = json.loads((ROOT / "schemas" / "manifest.schema.json").read_text())
    Draft202012Validator(schema).validate(json.loads((written / MANIFEST).read_text()))


def test_the_time_stands_outside_the_hashed_part(saas: Run, tmp_path: Path):
    one = engine.write(saas, tmp_path / "one", {"at": "2026-01-01"})
    two = engine.write(saas, tmp_path / "two", {"at": "2027-01-01"})
    first, second = (json.loads((folder / MANIFEST).read_text()) for folder in (one, two))
    assert first["run_sha256"] == second["run_sha256"]
    assert first["written"] != second["written"]


def test_a_run_read_back_explains_as_the_one_in_memory(saas: Run, written: Path):
    again = engine.read(written)
    for account in saas.table.frame()["account_id"]:
        assert engine.explain(again, account) == engine.explain(saas, account)


@pytest.mark.parametrize(
    "put",
    [
        pytest.param(lambda run: (run / "notes.txt").write_text("x"), id="a file"),
        pytest.param(lambda run: (run / ".hidden").write_text("x"), id="a hidden file"),
        pytest.param(lambda run: (run / "more").mkdir(), id="a folder"),
        pytest.param(lambda run: (run / "latest.csv").symlink_to(run / "decisions.csv"), id="a link"),
    ],
)
def test_what_the_run_did_not_write_is_found_in_its_folder(written: Path, put: Callable[[Path], object]):
    put(written)
    with pytest.raises(IntegrityError, match="KR503 this is no file that the run wrote") as error:
        engine.read(written)
    assert len(error.value.findings) == 1


def test_a_file_of_the_run_that_became_a_link_is_found(written: Path, tmp_path: Path):
    """What a link points to can change when nobody looks at the run."""
    kept = (written / "decisions.csv").rename(tmp_path / "elsewhere.csv")
    (written / "decisions.csv").symlink_to(kept)
    with pytest.raises(IntegrityError, match="KR503"):
        engine.read(written)


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_in_any_file_is_found(written: Path, name: str):
    path = written / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(IntegrityError) as error:
        engine.read(written)
    assert [f.code for f in error.value.findings] == ["KR503"]
    assert error.value.exit_code == 5


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda m: m["run"].update(as_of="2026-01-30"), id="a day changed in the hashed part"),
        pytest.param(lambda m: m["run"]["counts"].update(decided=1), id="a count changed"),
        pytest.param(lambda m: m["run"]["outputs"].pop(), id="a file left out of the list"),
        pytest.param(lambda m: m.update(format="kam-rules.run/1"), id="a format of another version"),
    ],
)
def test_a_changed_manifest_is_found(written: Path, change: Callable[[dict[str, object]], object]):
    manifest = json.loads((written / MANIFEST).read_text())
    change(manifest)
    (written / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(IntegrityError):
        engine.read(written)


def test_a_file_that_is_gone_is_found(written: Path):
    (written / "raw.parquet").unlink()
    with pytest.raises(IntegrityError):
        engine.read(written)


def test_a_manifest_that_is_cut_off_is_found(written: Path):
    text = (written / MANIFEST).read_text()
    (written / MANIFEST).write_text(text[: len(text) // 2])
    with pytest.raises(IntegrityError):
        engine.read(written)


def test_a_record_that_was_changed_is_found_by_deciding_again(saas: Run):
    """Who rewrites a decision and all that follows from it is caught when the account is explained."""
    raised = pl.when(pl.col("account_id") == "ACC-1001").then(pl.col("target_amount") + 1).otherwise(pl.col("target_amount"))
    changed = replace(saas, table=whole(saas.table.frame().with_columns(raised.alias("target_amount"))))
    with pytest.raises(DisagreementError) as error:
        engine.explain(changed, "ACC-1001")
    assert error.value.exit_code == 6
    assert engine.explain(changed, "ACC-1002")


@pytest.mark.parametrize("name", ["", "policy.yaml", "none"], ids=["a folder", "a file", "nothing"])
def test_what_is_no_run_is_told_and_not_taken_for_a_changed_record(tmp_path: Path, name: str, kam: Callable[..., Said]):
    (tmp_path / "policy.yaml").write_text("policy: p\n", encoding="utf-8")
    said = kam("explain", tmp_path / name, "x")
    assert said.code == 2
    assert "KR504" in said.err


def test_a_place_that_is_taken_stays_as_it_was(saas: Run, tmp_path: Path):
    out = tmp_path / "run"
    out.mkdir()
    (out / "mine").write_text("keep")
    with pytest.raises(UsageError) as error:
        engine.write(saas, out)
    assert error.value.findings[0].code == "KR501"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    assert (out / "mine").read_text() == "keep"


def test_a_place_that_cannot_be_written_is_told(saas: Run, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as error:
        engine.write(saas, tmp_path / "file" / "run")
    assert error.value.findings[0].code == "KR502"


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path):
    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), writing(tmp_path / "run") as folder:
        fail(folder)
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, sys
from kam_rules.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
main({args!r})
"""


@pytest.mark.parametrize("limit", [1000, 5000, 12000, 16000, 17500])
def test_a_full_disk_leaves_no_run(tmp_path: Path, limit: int):
    """A limit on the size of files stands in for a disk that fills up at different moments."""
    args = ["run", "policies/key-accounts/fy2027.yaml", "examples/saas/data.yaml", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK.format(limit=limit, args=args)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert "KR502" in done.stderr
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, sys
from pathlib import Path
from kam_rules import engine
from kam_rules.evidence import pack
count = 0
real = pack.sync
def sync(path):
    global count
    count += 1
    if count == {at}:
        os._exit(9)
    real(path)
pack.sync = sync
engine.write(engine.run("policies/key-accounts/fy2027.yaml", "examples/saas/data.yaml"), sys.argv[1])
"""


@pytest.mark.parametrize("at", [1, 5, 11])
def test_a_process_killed_before_the_end_leaves_nothing_that_looks_complete(tmp_path: Path, at: int):
    out = tmp_path / "run"
    done = subprocess.run([sys.executable, "-c", KILLED.format(at=at), str(out)], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 9
    assert not out.exists()
    with pytest.raises(KamError):
        engine.read(out)
    assert all(path.name.startswith(".run.") for path in tmp_path.iterdir())


def test_two_writers_of_one_place_leave_one_whole_run(saas: Run, tmp_path: Path):
    """The second to arrive is refused; what the first wrote stays."""
    out = tmp_path / "run"
    with writing(tmp_path / "other") as folder:
        (folder / "x").write_text("x")
        engine.write(saas, out)
    with pytest.raises(UsageError):
        engine.write(saas, out)
    assert engine.read(out).table.height == saas.table.height
    shutil.rmtree(out)


def test_canonical_json_has_one_spelling():
    assert canonical({"b": 1, "a": "ä"}) == '{"a":"ä","b":1}'.encode()
