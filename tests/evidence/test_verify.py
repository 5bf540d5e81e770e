"""`kam-rules verify`: every change of a run is found and named by account, rule and cause (F: run pack)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kam_rules import engine, inquiry
from kam_rules.evidence.pack import MANIFEST, read_manifest, write_manifest
from kam_rules.model.errors import IntegrityError
from kam_rules.model.parts import whole
from kam_rules.model.run import Run
from kam_rules.pipeline.verify import DATA, POLICY, RECORD, VERSION, Drift
from tests.conftest import Said
from tests.evidence.test_rederive import rederive


@pytest.fixture
def pack(saas: Run, tmp_path: Path) -> Path:
    """Return a fresh run folder."""
    return engine.write(saas, tmp_path / "run")


def _resealed(folder: Path, change: Callable[[dict[str, Any]], Any] = lambda _: None) -> Path:
    """Write a manifest that fits the files again, as somebody does who knows how."""
    body = read_manifest(folder)
    body.pop("outputs")
    change(body)
    (folder / MANIFEST).unlink()
    write_manifest(folder, body, {})
    return folder


def _false(saas: Run, folder: Path) -> Path:
    """Write a run whose record gives one account another score, everything else in keeping with that."""
    (table,) = saas.table
    lifted = pl.when(pl.col("account_id") == "ACC-1002").then(pl.col("score") + 1).otherwise(pl.col("score"))
    return engine.write(replace(saas, table=whole(table.with_columns(lifted.alias("score")))), folder)


def test_a_run_that_holds_says_what_was_done(pack: Path, kam: Callable[..., Said]):
    said = kam("verify", pack, "--all")
    assert said.code == 0
    assert "every account comes out as it is recorded" in said.out
    assert "witness        every account by durable" in said.out


def test_a_byte_changed_in_any_file_ends_with_exit_code_5(pack: Path, kam: Callable[..., Said]):
    files = [path for path in sorted(pack.iterdir()) if path.name != MANIFEST]
    assert len(files) == len(read_manifest(pack)["outputs"])
    for path in files:
        before = path.read_bytes()
        middle = len(before) // 2
        path.write_bytes(before[:middle] + bytes([before[middle] ^ 1]) + before[middle + 1 :])
        said = kam("verify", pack)
        assert (said.code, f"{path.name}: KR503" in said.err) == (5, True), path.name
        path.write_bytes(before)
    assert kam("verify", pack).code == 0


def test_every_figure_of_the_manifest_is_under_its_hash(pack: Path, kam: Callable[..., Said]):
    file = pack / MANIFEST
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"as_of": "2026-01-31"', '"as_of": "2026-01-30"', 1), encoding="utf-8")
    said = kam("verify", pack)
    assert (said.code, "manifest.json: KR503" in said.err) == (5, True)


def test_a_manifest_of_another_version_is_refused_with_the_version_that_wrote_it(pack: Path, kam: Callable[..., Said]):
    file = pack / MANIFEST
    file.write_text(file.read_text(encoding="utf-8").replace("kam-rules.run/2", "kam-rules.run/3"), encoding="utf-8")
    said = kam("verify", pack)
    assert said.code == 5
    assert "of format kam-rules.run/3, written by kam-rules 0.1.0; this version reads kam-rules.run/2" in said.err


def test_a_false_record_is_named_by_account_and_figure_and_by_both_engines(saas: Run, tmp_path: Path, kam: Callable[..., Said]):
    folder = _false(saas, tmp_path / "run")
    found = inquiry.verify(folder)
    assert {(d.account_id, d.what, d.by, d.cause) for d in found.drifts} == {
        ("ACC-1002", "score", "columnar", RECORD),
        ("ACC-1002", "score", "durable", RECORD),
    }
    assert (found.drifts[0].recorded, found.drifts[0].answered) == ("4317", "4316")
    assert kam("verify", folder).code == 5


def test_an_older_version_is_named_as_the_cause(saas: Run, tmp_path: Path, kam: Callable[..., Said]):
    folder = _resealed(_false(saas, tmp_path / "run"), lambda body: body["versions"].update({"kam-rules": "0.0.9"}))
    assert {d.cause for d in inquiry.verify(folder).drifts} == {VERSION}
    said = kam("verify", folder)
    assert said.code == 6
    assert "written by 0.0.9, verified by 0.1.0" in said.out


def test_an_older_version_alone_is_no_drift(pack: Path, kam: Callable[..., Said]):
    said = kam("verify", _resealed(pack, lambda body: body["versions"].update({"kam-rules": "0.0.9"})))
    assert said.code == 0


def test_values_that_differ_from_those_decided_on_are_named(pack: Path):
    file = pack / "values.jsonl.gz"
    lines = gzip.decompress(file.read_bytes()).splitlines()
    first = json.loads(lines[0])
    first["wallet"], before = 1, first["wallet"]
    file.write_bytes(gzip.compress(b"\n".join([json.dumps(first).encode(), *lines[1:], b""])))
    assert inquiry.verify(_resealed(pack)).drifts == (Drift("ACC-1001", "wallet", "1", str(before), "accounts.parquet", DATA),)


def test_a_policy_that_differs_from_the_one_decided_by_is_named(pack: Path, kam: Callable[..., Said]):
    file = pack / "program.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"capacity": 4', '"capacity": 5', 1), encoding="utf-8")
    (drift,) = inquiry.verify(_resealed(pack)).drifts
    assert (drift.what, drift.cause) == ("program.json", POLICY)
    assert kam("verify", pack).code == 5


def test_the_values_of_a_large_run_can_be_written_beside_it(pack: Path, tmp_path: Path):
    out = tmp_path / "values.jsonl.gz"
    inquiry.verify(pack, values=out)
    assert gzip.decompress(out.read_bytes()) == gzip.decompress((pack / "values.jsonl.gz").read_bytes())
    assert rederive(pack)[0] == 0


def test_a_folder_that_is_no_run_is_told(tmp_path: Path):
    (tmp_path / MANIFEST).write_text("[]")
    with pytest.raises(IntegrityError):
        inquiry.verify(tmp_path)
