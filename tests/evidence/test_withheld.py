"""Data that may not be copied: a run keeps their hashes alone, and is opened beside the data (F: run pack)."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from polars.testing import assert_frame_equal

from kam_rules import engine, inquiry
from kam_rules.evidence.pack import read_manifest
from kam_rules.model.errors import IntegrityError, UsageError
from kam_rules.model.types import BUILT_IN
from kam_rules.pipeline import read
from kam_rules.pipeline.withheld import digest
from kam_rules.sources import csv_
from tests.conftest import ROOT, Said

POLICY = (ROOT / "policies/key-accounts/fy2027.yaml").read_text(encoding="utf-8")
HASHES = "\nevidence: {inputs: hashes, because: Nobody may keep a copy}\n"
NAMED = {*BUILT_IN, "base_revenue", "prospect_target"}
"""What a run says of an account whatever its policy says of the data: who it is, its base, and its target."""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the SaaS book and a policy that lets no run copy it; commands are run there."""
    shutil.copytree(ROOT / "examples/saas", tmp_path / "data")
    (tmp_path / "hashes.yaml").write_text(POLICY + HASHES, encoding="utf-8")
    (tmp_path / "copies.yaml").write_text(POLICY + HASHES.replace("hashes", "copies"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(name: str) -> Path:
    """Run a policy of the folder, and return the run's folder."""
    return engine.write(engine.run(f"{name}.yaml", "data/data.yaml"), f"run-{name}")


def change(path: Path, old: str, new: str) -> None:
    """Replace a text of a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def codes(error: pytest.ExceptionInfo[Any]) -> list[str]:
    """Return the codes of what was told."""
    return [finding.code for finding in error.value.findings]


# --- What the run keeps -----------------------------------------------------------------------------------------------


def test_no_cell_of_the_data_stands_in_the_run_but_who_was_decided_and_on_which_base(work: Path):
    rows = list(csv.reader((work / "data/accounts.csv").read_text(encoding="utf-8").splitlines()))
    head, first = rows[0], rows[1]
    planted = {name: f"{8_123_000 + i}.17" for i, name in enumerate(("wallet_estimate", "cost_to_serve"), 1)}
    planted["mature_reason"] = "a word nobody else writes"
    line = [planted.get(name, cell) for name, cell in zip(head, first, strict=True)]
    assert set(planted) <= set(head)
    broken = ["ACC-9999", *["what no field takes" for _ in head[1:]]]
    with (work / "data/accounts.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, line, *rows[2:], broken])
    folder = written("hashes")
    texts = "\n".join(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.suffix != ".parquet")
    texts += "\n".join(pl.read_parquet(path).cast(pl.String, strict=False).write_csv() for path in folder.glob("*.parquet"))
    assert "ACC-9999" in texts, "a refused row is named"
    for cell in (*planted.values(), *(text.replace(".", "") for text in planted.values()), broken[1]):
        assert cell not in texts
    kept = {name for path in folder.glob("*.parquet") for name in pl.read_parquet_schema(path)}
    fields = {field.name for field in engine.read(folder).ready.program.fields}
    assert kept & fields <= NAMED


def test_the_manifest_holds_the_hash_of_every_file_and_table(work: Path):
    body = read_manifest(written("hashes"))
    assert sorted(body["withheld"]) == ["accounts", "faults", "raw", "refused", "reps", "set_aside"]
    assert all(len(told) == 64 for told in body["withheld"].values())
    files = {file["path"]: file["sha256"] for file in body["data"]["files"]}
    assert files["accounts.csv"] == hashlib.sha256((work / "data/accounts.csv").read_bytes()).hexdigest()


@pytest.mark.usefixtures("work")
def test_copies_is_what_a_policy_means_that_says_nothing(tmp_path: Path):
    (tmp_path / "plain.yaml").write_text(POLICY, encoding="utf-8")
    said, plain = written("copies"), written("plain")
    assert {path.name for path in said.iterdir()} == {path.name for path in plain.iterdir()}
    assert read_manifest(said)["withheld"] == {} == read_manifest(plain)["withheld"]


@pytest.mark.usefixtures("work")
def test_the_summary_says_that_the_data_must_be_kept(kam: Callable[..., Said]):
    said = kam("run", "hashes.yaml", "data/data.yaml", "--out", "run")
    assert "not copied, as the policy says: keep them as they are" in said.out
    assert "not copied" not in kam("run", "copies.yaml", "data/data.yaml", "--out", "other").out


@pytest.mark.usefixtures("work")
def test_leaders_read_in_the_handbook_what_they_sign(kam: Callable[..., Said]):
    assert "no run keeps a copy of them, only their hashes" in kam("handbook", "hashes.yaml").out
    assert "no run keeps a copy" not in kam("handbook", "copies.yaml").out


# --- Opened beside the data -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("work")
def test_every_account_is_explained_as_if_the_data_were_there():
    hashes, copies = engine.read(written("hashes")), engine.read(written("copies"))
    assert_frame_equal(hashes.table.frame(), copies.table.frame())
    ids = hashes.table.frame()["account_id"].to_list()
    for account_id in ids:
        one, other = engine.explain(hashes, account_id), engine.explain(copies, account_id)
        assert json.dumps(one).replace("hashes.yaml", "") == json.dumps(other).replace("copies.yaml", "").replace(
            copies.policy.sources[0].sha256, hashes.policy.sources[0].sha256
        )


@pytest.mark.usefixtures("work")
def test_verify_reads_the_data_again_and_says_so(kam: Callable[..., Said]):
    written("hashes")
    said = kam("verify", "run-hashes", "--all")
    assert said.code == 0, said.err
    assert "read again from data/data.yaml: its hashes and those of every table agree" in said.out
    assert "every account comes out as it is recorded" in said.out


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("command", [("verify",), ("explain", "ACC-1005"), ("explain", "ACC-1005", "--flip"), ("audit",)])
def test_elsewhere_the_data_file_is_named(command: tuple[str, ...], kam: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, work: Path):
    written("hashes")
    (work / "elsewhere").mkdir()
    monkeypatch.chdir(work / "elsewhere")
    name, *rest = command
    refused = kam(name, "../run-hashes", *rest)
    assert (refused.code, refused.err.count("KR513")) == (2, 1)
    assert "verify, explain and audit take --data FILE" in refused.err
    assert kam(name, "../run-hashes", *rest, "--data", "../data/data.yaml").code == 0


@pytest.mark.usefixtures("work")
def test_a_ladder_climbed_again_keeps_no_data_either():
    again = engine.write(engine.reconcile(written("hashes"), top_down="9000000"), "again")
    assert not (again / "accounts.parquet").exists()
    assert inquiry.verify(again).drifts == ()


@pytest.mark.usefixtures("work")
def test_a_run_in_many_parts_is_opened_in_the_same_parts(monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as small:
        small.setattr(read, "EASY", 0)
        small.setattr(csv_, "BLOCK", 700)
        folder = written("hashes")
    found = engine.read(folder)
    assert len(found.table.items) > 3
    assert found.book.table.sizes == found.table.sizes == found.book.raw.sizes
    assert inquiry.verify(folder).drifts == ()
    assert engine.explain(folder, "ACC-1060") == engine.explain(engine.run("hashes.yaml", "data/data.yaml"), "ACC-1060")


@pytest.mark.usefixtures("work")
def test_values_are_written_for_rederive_alone_where_they_are_asked_for():
    folder = written("hashes")
    assert not (folder / "values.jsonl.gz").exists()
    inquiry.verify(folder, values="values.jsonl.gz")
    with gzip.open("values.jsonl.gz") as file:
        assert hashlib.sha256(file.read()).hexdigest() == read_manifest(folder)["values"]
    command = [sys.executable, "-I", "-S", str(folder / "rederive.py"), "values.jsonl.gz"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "86 accounts decided again, 0 differ" in done.stdout) == (0, True), done.stdout + done.stderr


# --- Data that are not what they were ---------------------------------------------------------------------------------


def test_every_changed_file_is_named_at_once(work: Path):
    folder = written("hashes")
    change(work / "data/accounts.csv", "ACC-1005", "ACC-1995")
    change(work / "data/reps.csv", "R-01", "R-99")
    with pytest.raises(IntegrityError) as error:
        engine.read(folder)
    assert codes(error) == ["KR514", "KR514"]
    assert [str(finding.where) for finding in error.value.findings] == ["data/accounts.csv", "data/reps.csv"]


def test_a_changed_data_file_is_named_before_it_is_read(work: Path):
    folder = written("hashes")
    (work / "data/data.yaml").write_text("accounts: [nothing that could be read", encoding="utf-8")
    with pytest.raises(IntegrityError) as error:
        engine.read(folder)
    assert codes(error) == ["KR514"]


def test_a_lost_file_is_named(work: Path):
    folder = written("hashes")
    (work / "data/reps.csv").unlink()
    with pytest.raises(UsageError) as error:
        engine.read(folder)
    assert codes(error) == ["KR513"]
    assert "reps.csv" in str(error.value.findings[0].where)


def test_files_of_which_no_byte_changed_pass(work: Path):
    """The neighbour: a file may be written again, moved, and given another day."""
    folder = written("hashes")
    text = (work / "data/accounts.csv").read_bytes()
    (work / "data/accounts.csv").unlink()
    (work / "data/accounts.csv").write_bytes(text)
    (work / "data").rename(work / "vault")
    assert engine.read(folder, "vault/data.yaml").table.height == 86


@pytest.mark.usefixtures("work")
def test_another_file_in_the_place_of_the_data_file_is_named_as_it_was_given(kam: Callable[..., Said]):
    written("hashes")
    said = kam("verify", "run-hashes", "--data", "data/accounts.csv")
    assert (said.code, "data/accounts.csv: KR514" in said.err) == (5, True)


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("command", [("verify",), ("explain", "ACC-1005"), ("audit",)])
def test_a_run_that_keeps_its_data_takes_no_others(command: tuple[str, ...], kam: Callable[..., Said]):
    written("copies")
    name, *rest = command
    said = kam(name, "run-copies", *rest, "--data", "data/data.yaml")
    assert (said.code, said.err.count("KR516"), "leave --data out" in said.err) == (2, 1, True)
    assert kam(name, "run-copies", *rest).code == 0


def test_rows_of_a_query_are_held_by_their_table(work: Path):
    rows = list(csv.reader((work / "data/accounts.csv").read_text(encoding="utf-8").splitlines()))
    with sqlite3.connect(work / "data/crm.db") as connection:
        connection.execute(f"create table accounts ({', '.join(f'{name} text' for name in rows[0])})")
        connection.executemany(f"insert into accounts values ({', '.join('?' for _ in rows[0])})", rows[1:])
    connection.close()
    text = (work / "data/data.yaml").read_text(encoding="utf-8")
    source = "database: 'sqlite:///crm.db'\n  query: select * from accounts order by account_id"
    (work / "data/data.yaml").write_text(text.replace("file: accounts.csv", source), encoding="utf-8")
    folder = written("hashes")
    assert inquiry.verify(folder).drifts == ()
    with sqlite3.connect(work / "data/crm.db") as connection:
        connection.execute("update accounts set health_score = '1' where account_id = 'ACC-1005'")
    connection.close()
    with pytest.raises(IntegrityError) as error:
        engine.read(folder)
    assert codes(error) == ["KR514"]
    assert "accounts, raw" in str(error.value.findings[0].where)


@pytest.mark.usefixtures("work")
def test_a_frame_cannot_be_found_again_and_is_not_written():
    frame = pd.DataFrame({"account_id": ["a"], "base_revenue": ["100000"]})
    run = engine.run("hashes.yaml", frame, as_of=engine.run("copies.yaml", "data/data.yaml").ready.as_of)
    with pytest.raises(UsageError) as error:
        engine.write(run, "frame")
    assert codes(error) == ["KR515"]
    assert not Path("frame").exists()


@pytest.mark.usefixtures("work")
def test_the_audit_workbook_of_a_run_without_data_is_the_one_of_the_run_with_them():
    """An auditor who may read the data asks for it; it then holds what was drawn."""
    books = []
    for name in ("hashes", "copies"):
        inquiry.audit(written(name), f"{name}.xlsx", n=5, seed=7)
        sheet = load_workbook(f"{name}.xlsx").worksheets[1]
        books.append([[cell.value for cell in row] for row in sheet.iter_rows()])
    assert books[0] == books[1]


@given(rows=st.lists(st.tuples(st.text(max_size=3), st.none() | st.integers(-9, 9)), max_size=6), cut=st.integers(0, 6))
def test_a_table_has_one_hash_however_it_is_parted(rows: list[tuple[str, int | None]], cut: int):
    table = pl.DataFrame(rows, schema={"text": pl.String, "number": pl.Int64}, orient="row")
    assert digest((table,)) == digest((table[:cut], table[cut:]))
    other = pl.concat([table, pl.DataFrame({"text": ["x"], "number": [1]})])
    assert digest((other,)) != digest((table,))
