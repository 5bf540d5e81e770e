"""Books in many parts: decided as in one, in bounded memory, and nothing left behind when it ends early (requirement 8)."""

from __future__ import annotations

import datetime as dt
import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kam_rules import engine
from kam_rules.model.errors import DataError, IntegrityError, UsageError
from kam_rules.model.outcome import WORD, Layout
from kam_rules.model.program import Hit
from kam_rules.model.run import Run
from kam_rules.pipeline import read
from kam_rules.pipeline.spill import Spill
from kam_rules.reports.rules import rules
from kam_rules.reports.summary import summary
from kam_rules.sources import csv_, parquet
from kam_rules.sources._aside import height

ROOT = Path(__file__).parent.parent
SAAS = (ROOT / "policies/key-accounts/fy2027.yaml", ROOT / "examples/saas/data.yaml")
STARTER = ROOT / "kam_rules/starter/policy.yaml"
DAY = dt.date(2026, 6, 30)


@pytest.fixture(name="small")
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files in parts of a few rows, which wait in files."""
    monkeypatch.setattr(read, "EASY", 0)
    monkeypatch.setattr(csv_, "BLOCK", 700)
    monkeypatch.setattr(parquet, "PART", 13)


def saas_in(kind: str, folder: Path) -> Path:
    """Return the data file of the example book, its accounts as CSV or Parquet."""
    accounts = folder / f"accounts.{kind}"
    table = pl.read_csv(ROOT / "examples/saas/accounts.csv", infer_schema=False)
    if kind == "csv":
        accounts.write_bytes((ROOT / "examples/saas/accounts.csv").read_bytes())
    else:
        table.write_parquet(accounts)
    data = folder / "data.yaml"
    (folder / "reps.csv").write_bytes((ROOT / "examples/saas/reps.csv").read_bytes())
    data.write_text((ROOT / "examples/saas/data.yaml").read_text().replace("accounts.csv", accounts.name))
    return data


# --- One meaning, in one part or in many ------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_book_in_many_parts_is_decided_as_in_one(kind: str, tmp_path: Path, saas: Run) -> None:
    """Seats and share limits are about all accounts at once, wherever they stand."""
    many = engine.run(SAAS[0], saas_in(kind, tmp_path))
    assert len(many.table.items) > 3
    assert all(isinstance(item, Path) for item in many.table.items), "parts wait in files"
    assert_frame_equal(many.table.frame(), saas.table.frame())
    assert many.seats == saas.seats
    assert many.witness == saas.witness


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("easy", "kinds"), [(0, {Path}), (2**28, {pl.DataFrame})])
def test_parts_of_a_small_book_wait_in_memory_and_of_a_large_one_in_files(
    easy: int, kinds: set[type], tmp_path: Path, saas: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "EASY", easy)
    many = engine.run(SAAS[0], saas_in("csv", tmp_path))
    assert len(many.table.items) > 3
    assert {Path if isinstance(item, Path) else type(item) for item in many.table.items} == kinds
    assert_frame_equal(many.table.frame(), saas.table.frame())


def test_parts_that_were_in_memory_move_to_files_with_the_first_that_is_too_much() -> None:
    """How large a source is shows as it is read: what is kept already must not be left out."""
    spill, parts = Spill(), [pl.DataFrame({"row": [i, i + 1]}) for i in range(0, 8, 2)]
    for number, part in enumerate(parts):
        if number == 2:
            spill.to_files()
        spill.keep("raw", part)
    kept = spill.kept("raw")
    assert all(isinstance(item, Path) for item in kept.items)
    assert kept.frame()["row"].to_list() == list(range(8))
    assert kept.rows([1, 5])["row"].to_list() == [1, 5]


@pytest.fixture(name="saas", scope="module")
def saas_fixture() -> Run:
    return engine.run(*SAAS)


@pytest.mark.usefixtures("small")
def test_reports_over_many_parts_say_the_same(tmp_path: Path, saas: Run) -> None:
    many = engine.run(SAAS[0], saas_in("csv", tmp_path))
    assert rules(many) == rules(saas)
    assert summary(many) == summary(saas)
    assert engine.decisions(many).equals(engine.decisions(saas))


@pytest.mark.usefixtures("small")
def test_a_run_in_many_parts_is_written_read_and_explained(tmp_path: Path, saas: Run) -> None:
    many = engine.run(SAAS[0], saas_in("csv", tmp_path))
    out, one = engine.write(many, tmp_path / "run"), engine.write(saas, tmp_path / "one")
    assert (out / "decisions.csv").read_bytes() == (one / "decisions.csv").read_bytes()
    assert len(list((out / "trail").glob("*.parquet"))) == len(many.table.items)
    assert_frame_equal(engine.read(out).table.frame(), saas.table.frame())
    for account in ("ACC-1001", "ACC-1042", "ACC-1084"):
        found, expected = engine.explain(out, account), engine.explain(saas, account)
        for trail in (found, expected):
            trail["policy"].pop("data")
        assert found == expected
    with pytest.raises(UsageError, match="KR505"):
        engine.explain(out, "ACC-9999")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", ["accounts", "raw", "trail", "decisions"])
def test_one_account_is_explained_only_from_a_part_that_is_as_it_was_written(name: str, tmp_path: Path) -> None:
    out = engine.write(engine.run(SAAS[0], saas_in("csv", tmp_path)), tmp_path / "run")
    part = out / name / "00000.parquet"
    changed = bytearray(part.read_bytes())
    changed[len(changed) // 2] ^= 1
    part.write_bytes(changed)
    with pytest.raises(IntegrityError, match="KR503"):
        engine.explain(out, "ACC-1001")


@pytest.mark.usefixtures("small")
def test_copies_and_conflicts_are_found_across_parts(tmp_path: Path) -> None:
    """An exact copy merges, one id with two contents refuses both rows, however far apart they stand."""
    rows = [f"a{i:03},{1000 + i}" for i in range(200)]
    rows += ["a003,1003", "a007,9"]
    (tmp_path / "accounts.csv").write_text("id,base\n" + "\n".join(rows) + "\n")
    (tmp_path / "data.yaml").write_text(
        "accounts:\n  file: accounts.csv\n  as_of: 2026-06-30\n  columns: {account_id: id, base_revenue: base}\n"
    )
    book = engine.check(STARTER, tmp_path / "data.yaml").book
    assert book is not None
    assert (book.rows, book.aside.height, book.refused, book.table.height) == (202, 1, 2, 199)
    assert book.faults.frame().filter("refused")["row"].to_list() == [9, 203]
    assert len(book.table.items) > 2


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("body", ['"A, Inc",1', '"A ""x""",1', '"two\nlines",1', "A,1\r", "A,1,extra", "A", " , ", ""], ids=repr)
def test_a_row_out_of_the_ordinary_is_read_alike_in_any_part(body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotes, line breaks in cells, misfits and blank rows: blocks are cut between rows, and rows keep their numbers."""
    lines = [f"n{i},{i}" for i in range(100)]
    path = tmp_path / "accounts.csv"
    path.write_bytes(("name,base\n" + "\n".join([*lines, body, *lines]) + "\n").encode())

    def reading() -> tuple[pl.DataFrame, list[tuple[int, str]], int]:
        parts = list(csv_.read(path, "accounts.csv", ("name", "base")))
        tables = pl.concat(part.table.with_columns(pl.col("name", "base").replace("", None)) for part in parts)
        return tables, [fault for part in parts for fault in part.faults], sum(height(part.aside) for part in parts)

    many = reading()
    monkeypatch.setattr(csv_, "BLOCK", 2**25)
    monkeypatch.setattr(csv_._Csv, "_plain", lambda *_: None)
    one = reading()
    assert_frame_equal(many[0], one[0])
    assert many[1:] == one[1:]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("raw", "line"),
    [(b"n,\xff\n\xc3\xa9,1\n", 102), (b'n,"open\n', 102), (b"n,\0\n", 102)],
    ids=["a second encoding", "quote", "NUL"],
)
def test_a_line_that_cannot_be_read_is_named_in_any_part(raw: bytes, line: int, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(b"name,base\n" + b"n,1\n" * 100 + raw + b"n,1\n" * 3)
    with pytest.raises(DataError) as error:
        list(csv_.read(path, "accounts.csv", ("name", "base")))
    where = error.value.findings[0].where
    assert where is not None
    assert where.line is not None
    assert line <= where.line <= line + 3


# --- What a large run tells and leaves --------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_steps_done_end_at_the_steps_expected(kind: str, tmp_path: Path) -> None:
    """The estimate grows and shrinks with what is known of the file, and what is done never passes it."""
    told = {"done": 0, "expected": 0}

    def progress(steps: int) -> None:
        told["done"] += steps
        assert told["done"] <= told["expected"] * 1.5 + 1

    def expect(steps: int) -> None:
        told["expected"] += steps

    run = engine.run(SAAS[0], saas_in(kind, tmp_path), progress=progress, expect=expect)
    engine.write(run, tmp_path / "run", progress=progress)
    assert told["done"] == told["expected"]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("where", ["reading", "deciding", "writing"])
def test_a_run_that_is_stopped_leaves_nothing(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No half run, and no file that waited."""
    data, out = saas_in("csv", tmp_path), tmp_path / "out"
    out.mkdir()
    calls = {"reading": "kam_rules.pipeline.read._Reading._type", "deciding": "kam_rules.pipeline.decide._table"}
    target = calls.get(where, "kam_rules.pipeline.record.decisions")
    module, _, name = target.rpartition(".")
    owner: object = sys.modules.get(module) or getattr(sys.modules[module.rpartition(".")[0]], module.rpartition(".")[2])
    right, seen = getattr(owner, name), []

    def stop(*args: object) -> object:
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return right(*args)

    monkeypatch.setattr(owner, name, stop)
    with pytest.raises(KeyboardInterrupt):
        engine.write(engine.run(SAAS[0], data, scratch=out), out / "run")
    monkeypatch.undo()
    assert list(out.iterdir()) == []


def test_a_killed_run_leaves_no_run(tmp_path: Path) -> None:
    """Whatever the moment, there is a whole run or none: what waited stands under a name that no command reads."""
    data = saas_in("csv", tmp_path)
    script = (
        "import os, sys\nfrom kam_rules.sources import csv_\ncsv_.BLOCK = 700\n"
        "import kam_rules.pipeline.record as r\nright, n = r.write_parquet, [0]\n"
        "def stop(*a):\n  n[0] += 1\n  if n[0] == 9: os._exit(9)\n  return right(*a)\n"
        "r.write_parquet = stop\nfrom kam_rules.cli.main import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", script, "run", str(SAAS[0]), str(data), "--out", str(tmp_path / "run")], check=False)
    assert done.returncode == 9
    assert not (tmp_path / "run").exists()
    assert engine.write(engine.run(SAAS[0], data), tmp_path / "run").exists()


# --- A trail that explains itself -------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [1, 7])
def test_the_footer_of_the_trail_tells_how_to_read_its_codes(parts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With pyarrow and the footer alone every deciding rule and every gate can be read; the policy is named by its hash."""
    import pyarrow.parquet as pq

    if parts > 1:
        monkeypatch.setattr(csv_, "BLOCK", 3500)
    run = engine.run(SAAS[0], saas_in("csv", tmp_path))
    out = engine.write(run, tmp_path / "run")
    files = sorted(out.glob("trail*/*.parquet")) or [out / "trail.parquet"]
    layout, read = Layout(*run.ready.program.stages), []
    for path in files:
        file = pq.ParquetFile(path)
        told = json.loads(file.metadata.metadata[b"kam-rules"])
        assert told["policy_sha256"] == [source.sha256 for source in run.policy.sources]
        for row in file.read().to_pylist():
            bits = {(s["list"], s["kind"], s["first"]): row[s["word"]] >> s["shift"] & (1 << s["bits"]) - 1 for s in told["layout"]}
            tier = bits["tiers", "rule", 0]
            read.append((row["account_id"], told["rules"]["tiers"][tier - 1] if tier else None, bits["gates", "true", 0]))
    expected = []
    for row in run.table.frame().iter_rows(named=True):
        tier = layout.verdict(row, "tiers").rule
        name = None if tier is None else run.ready.program.list("tiers").rules[tier].id
        expected.append((row["account_id"], name, layout.verdict(row, "gates").true))
    assert read == expected


def test_a_layout_gives_every_list_its_own_bits() -> None:
    """No bit twice, none past the 63rd, and every mask has a bit for each rule."""
    for policy in (*SAAS[:1], STARTER, ROOT / "bench/policies/kam_ref.yaml"):
        from kam_rules.pipeline.check import check

        program, taken = check(policy).program, set[tuple[str, int]]()
        layout = Layout(*program.stages)
        for slots in layout.slots.values():
            for slot in slots:
                bits = {(slot.word, slot.shift + i) for i in range(slot.bits)}
                assert not bits & taken
                assert slot.shift + slot.bits <= WORD
                taken |= bits
        for found in program.lists:
            masks = ["unknown", *(["true"] if found.hit is Hit.COLLECT else [])]
            assert all(sum(slot.bits for slot in layout.slots[found.id, kind]) == len(found.rules) for kind in masks)


# --- Files that are not what they seem --------------------------------------------------------------------------------


def flip(path: Path) -> None:
    """Damage a page in the second half of the file."""
    data = bytearray(path.read_bytes())
    footer = struct.unpack("<I", data[-8:-4])[0]
    middle = (len(data) - footer) * 3 // 4
    data[middle : middle + 64] = b"\xff" * 64
    path.write_bytes(data)


def retype(path: Path) -> None:
    """Let the footer call the last column chunk of whole numbers one of bytes."""
    data = path.read_bytes()
    start = len(data) - 8 - struct.unpack("<I", data[-8:-4])[0]
    at = data.rindex(b"\x15\x04", start)
    path.write_bytes(data[:at] + b"\x15\x0c" + data[at + 2 :])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("harm", [flip, retype, lambda p: p.write_bytes(p.read_bytes()[:-40])], ids=["page", "type", "cut off"])
def test_a_damaged_parquet_file_is_a_file_fault(harm: Callable[[Path], None], tmp_path: Path) -> None:
    """Nothing is decided from a file of which any part cannot be read; a column of two types is one."""
    path = tmp_path / "accounts.parquet"
    table = pl.DataFrame({"account_id": [f"a{i}" for i in range(400)], "base_revenue": list(range(400))})
    table.write_parquet(path, row_group_size=100, compression="zstd", statistics=False)
    harm(path)
    (tmp_path / "data.yaml").write_text(
        "accounts:\n  file: accounts.parquet\n  as_of: 2026-06-30\n  columns: {account_id: account_id, base_revenue: base_revenue}\n"
    )
    with pytest.raises(DataError) as error:
        engine.run(STARTER, tmp_path / "data.yaml", scratch=tmp_path)
    assert error.value.findings[0].code == "KR402"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["accounts.parquet", "data.yaml"]


def test_a_policy_of_ten_criteria_with_150_bands_is_decided_alike_by_every_engine(tmp_path: Path) -> None:
    """The most criteria that a policy may have; a list of 150 bands still fits one ruleset of durable-rules."""
    bands = "\n".join(f"      - {{from: {'lowest' if i == 0 else i * 10}, score: {i * 100 // 149}}}" for i in range(150))
    one = (
        "  - id: c{i}\n    weight: 10%\n    purpose: long_term_growth\n    kind: quantitative\n    about: customer\n"
        "    horizon: current\n    measure: 0.{i}5 * base_revenue\n    if_missing: reject\n    bands:\n" + bands + "\n"
    )
    text = STARTER.read_text()
    head, rest = text.split("criteria:\n", 1)
    tail = rest[rest.index("\nscoring:") :]
    policy = tmp_path / "policy.yaml"
    policy.write_text(head + "criteria:\n" + "".join(one.replace("{i}", str(i)) for i in range(10)) + tail)
    frame = pl.DataFrame({"account_id": [f"a{i}" for i in range(30)], "base_revenue": [str(i * 73 + 9) for i in range(30)]})
    engines = ("reference", "columnar", "durable")
    tables = [engine.run(policy, frame, as_of=DAY, engine=name, witness=False).table.frame() for name in engines]
    assert_frame_equal(tables[0], tables[1])
    assert_frame_equal(tables[0], tables[2])


def test_sixty_criteria_are_refused_with_the_limit(tmp_path: Path) -> None:
    """A score of more than ten criteria tells nobody anything."""
    from kam_rules.model.errors import PolicyError

    text = STARTER.read_text()
    start, end = text.index("criteria:\n") + len("criteria:\n"), text.index("\nscoring:")
    block = text[start:end].split("  - id: ")[1]
    policy = tmp_path / "policy.yaml"
    policy.write_text(text[:start] + "".join("  - id: c" + str(i) + block[block.index("\n") :] for i in range(60)) + text[end:])
    with pytest.raises(PolicyError) as error:
        engine.check(policy)
    assert any("10" in finding.message + finding.fix for finding in error.value.findings)
