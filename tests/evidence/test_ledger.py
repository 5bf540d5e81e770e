"""The ledger (issue of evidence: R-LEDGER): nothing in it is changed, dropped, inserted, re-ordered or cut off unseen."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam_rules import proof
from kam_rules.evidence import keys, ledger, pack
from kam_rules.evidence.chain import look
from kam_rules.model.errors import IntegrityError, UsageError
from kam_rules.model.ledger import RUN
from tests.conftest import ROOT, SAAS, Said
from tests.evidence import crashing
from tests.evidence.signing import repository

AT = "2026-03-01T10:00:00+00:00"
HERE = Path(__file__).parent


def body(number: int) -> dict[str, object]:
    return {"run_sha256": f"{number:064x}", "note": "Zürich − 5%"}


def add(path: Path, *numbers: int, at: str = AT) -> None:
    ledger.append(path, [(RUN, body(number)) for number in numbers], at)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a ledger of six entries."""
    path = tmp_path / "ledger.db"
    proof.new_ledger(path, AT)
    add(path, 1, 2, 3, 4, 5)
    return path


def meddle(path: Path, *statements: str) -> None:
    """Change the file as somebody with a database program does, who takes the triggers away first."""
    with sqlite3.connect(path) as base:
        for name in ("update", "delete"):
            base.execute(f"drop trigger kept_{name}")
        for statement in statements:
            base.execute(statement)
    base.close()


def forged(path: Path, drop: int | None = None) -> None:
    """Write the whole chain anew with hashes that fit each other, without one entry, or with one changed."""
    rows = [json.loads(row[3]) for row in ledger.rows(path) if json.loads(row[3])["seq"] != drop]
    previous, anew = ledger.NOTHING, []
    for seq, told in enumerate(rows, 1):
        inside = {**told["body"], "note": "forged"} if drop is None and seq == 3 else told["body"]
        text = ledger.text_of(seq, previous, told["at"], told["kind"], inside)
        previous = ledger.entry_of(text).sha256
        anew.append((seq, ledger.once(told["kind"], inside), previous, text))
    meddle(path, "delete from entries")
    with sqlite3.connect(path) as base:
        base.executemany("insert into entries values (?, ?, ?, ?)", anew)
    base.close()


def broken(path: Path) -> str:
    return "\n".join(finding.message for finding in look(ledger.rows(path), str(path))[1])


# --- Integrity: what the chain alone shows ----------------------------------------------------------------------------


def test_a_ledger_that_nobody_touched_holds_and_does_not_claim_to_be_complete(book: Path, kam: Callable[..., Said]):
    said = kam("ledger", "verify", book)
    assert said.code == 0
    assert "every entry follows from the one before it" in said.out
    assert "not proved: no outside copy of a head was given" in said.out


TAMPERED = {
    "changed": (["update entries set entry = replace(entry, '5%', '6%') where seq = 3"], "entry 3 was changed: its hash is not"),
    "no entry any more": (["update entries set entry = 'nothing' where seq = 3"], "entry 3 was changed: it is no entry any more"),
    "its key changed": (["update entries set once = 'other' where seq = 3"], "entry 3 was changed: its key is not"),
    "dropped": (["delete from entries where seq = 3"], "entry 3 dropped: the numbers jump from 2 to 4"),
    "two dropped": (["delete from entries where seq in (2, 3)"], "entries 2 to 3 dropped"),
    "dropped, and the rest moved up": (
        ["delete from entries where seq = 3", *(f"update entries set seq = {n - 1} where seq = {n}" for n in (4, 5, 6))],
        "entry 3 was moved: it says that it is number 4",
    ),
    "re-ordered": (
        [f"update entries set seq = {to} where seq = {at}" for at, to in ((3, 99), (4, 3), (99, 4))],
        "entry 3 was moved: it says that it is number 4",
    ),
    "inserted": (
        [
            *(f"update entries set seq = {n + 1} where seq = {n}" for n in (6, 5, 4)),
            "insert into entries select 4, 'once', 'hash', entry from entries where seq = 3",
        ],
        "entry 4 was moved: it says that it is number 3",
    ),
    "all dropped": (["delete from entries"], "every entry was dropped"),
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_the_chain_shows_what_was_done_to_it(kind: str, book: Path, kam: Callable[..., Said]):
    statements, words = TAMPERED[kind]
    meddle(book, *statements)
    assert words in broken(book)
    said = kam("ledger", "verify", book)
    assert (said.code, "broken: see below" in said.out) == (5, True)


def test_an_entry_replaced_with_its_own_right_hash_is_shown_by_the_one_after_it(book: Path):
    text = ledger.rows(book)[2][3].replace("5%", "6%")
    entry = ledger.entry_of(text)
    meddle(book, f"update entries set entry = '{text}', sha256 = '{entry.sha256}', once = '{ledger.once(RUN, entry.body)}' where seq = 3")
    assert broken(book) == "entry 3 is not the one after which entry 4 was written: it was changed, or another took its place"


def test_an_entry_inserted_with_its_own_right_hash_is_shown_by_the_one_after_it(book: Path):
    rows = ledger.rows(book)
    text = ledger.text_of(4, rows[2][2], AT, RUN, body(99))
    moved = [f"update entries set seq = {n + 1} where seq = {n}" for n in (6, 5, 4)]
    entry = ledger.entry_of(text)
    meddle(book, *moved, f"insert into entries values (4, '{ledger.once(RUN, entry.body)}', '{entry.sha256}', '{text}')")
    assert "entry 5 was written straight after entry 3: what stands between was inserted" in broken(book)


def test_no_command_acts_on_a_ledger_whose_chain_is_broken(book: Path, kam: Callable[..., Said]):
    meddle(book, "update entries set entry = replace(entry, '5%', '6%') where seq = 6")
    assert kam("ledger", "list", book).code == 5
    with pytest.raises(IntegrityError, match="KR885 entry 6"):
        add(book, 7)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_one_sign_of_any_entry_that_is_changed_shows(data: st.DataObject, book: Path):
    rows = ledger.rows(book)
    number = data.draw(st.integers(0, len(rows) - 1))
    seq, once, digest, text = rows[number]
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters(codec="utf-8", exclude_characters=text[place]))
    rows[number] = (seq, once, digest, text[:place] + sign + text[place + 1 :])
    assert look(rows, "ledger.db")[1]


def test_a_courtesy_refuses_to_change_or_delete_an_entry(book: Path):
    with sqlite3.connect(book) as base:
        for statement in ("update entries set entry = ''", "delete from entries"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                base.execute(statement)
    base.close()


# --- Completeness: what only an outside copy shows --------------------------------------------------------------------


def test_a_receipt_proves_completeness_up_to_its_entry_and_says_so(book: Path, tmp_path: Path, kam: Callable[..., Said]):
    assert kam("ledger", "anchor", book, "--out", tmp_path / "receipt.txt").code == 0
    assert "proved up to entry 6 by the receipt receipt.txt\n" in kam("ledger", "verify", book, "--anchor", tmp_path / "receipt.txt").out
    add(book, 6)
    said = kam("ledger", "verify", book, "--anchor", tmp_path / "receipt.txt")
    assert (said.code, "not proved for the 1 after it" in said.out) == (0, True)


def test_a_git_tag_keeps_a_receipt(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kam: Callable[..., Said]):
    repository(tmp_path, monkeypatch)
    assert kam("ledger", "anchor", book, "--tag", "ledger-1").code == 0
    assert "proved up to entry 6 by the git tag ledger-1" in kam("ledger", "verify", book, "--anchor", "git:ledger-1").out
    assert "KR888 git:" in kam("ledger", "anchor", book, "--tag", "ledger-1").err
    assert "KR888 git:" in kam("ledger", "verify", book, "--anchor", "git:nothing").err


NONE = [None, "", "ledger x", b"\xff\xfe", *(f"ledger {{0}}\nentries {count}\nhead {{0}}\nat now" for count in ("0", "many"))]


@pytest.mark.parametrize("content", NONE)
def test_what_is_no_receipt_is_named(content: str | bytes | None, book: Path, tmp_path: Path, kam: Callable[..., Said]):
    if content is not None:
        told = content.format("0" * 64).encode() if isinstance(content, str) else content
        (tmp_path / "notes.txt").write_bytes(told)
    said = kam("ledger", "verify", book, "--anchor", tmp_path / "notes.txt")
    assert (said.code, "KR888" in said.err, "fix: " in said.err) == (2, True, True)


def test_a_run_and_its_ledger_vouch_for_each_other(tmp_path: Path, at_root: None, kam: Callable[..., Said]):  # noqa: ARG001
    book = tmp_path / "ledger.db"
    assert kam("ledger", "new", book).code == 0
    said = kam("run", *SAAS, "--ledger", book, "--out", tmp_path / "run", "--no-witness")
    assert said.code == 0
    first, second = proof.entries(book)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["run"]["standing"]["head"] == {"ledger": first.sha256, "entries": 1, "sha256": first.sha256}
    assert second.body["run_sha256"] == manifest["run_sha256"]
    assert f"[ledger 1:{first.sha256[:12]}]" in said.out.splitlines()[0]
    assert "proved up to entry 1 by the run run" in kam("ledger", "verify", book, "--anchor", tmp_path / "run").out
    for report in ("explain", "reconcile"):
        told = kam(report, tmp_path / "run", *(["ACC-1001"] if report == "explain" else []))
        assert first.sha256[:12] in told.out
    assert "was recorded already as entry 2" in kam("ledger", "record", book, tmp_path / "run").out
    assert len(proof.entries(book)) == 2


def test_a_run_of_another_ledger_or_of_none_is_not_recorded(tmp_path: Path, at_root: None, kam: Callable[..., Said]):  # noqa: ARG001
    for name in ("one", "other"):
        kam("ledger", "new", tmp_path / name)
    kam("run", *SAAS, "--out", tmp_path / "none", "--no-witness")
    kam("run", *SAAS, "--out", tmp_path / "run", "--no-witness", "--ledger", tmp_path / "one")
    assert "KR893 this run was made without a ledger" in kam("ledger", "record", tmp_path / "one", tmp_path / "none").err
    assert "KR893 this run was made for the ledger" in kam("ledger", "record", tmp_path / "other", tmp_path / "run").err
    assert "not recorded in a ledger" in kam("ledger", "verify", tmp_path / "one", "--anchor", tmp_path / "none").err


# --- Signed receipts --------------------------------------------------------------------------------------------------


def roster(path: Path, *keys_: tuple[str, str]) -> Path:
    rest = "name: A, functions: [audit], from: 2026-01-01, to: 2026-12-31, may_approve: {}"
    lines = [f"  - {{id: {by}, key: '{key}', {rest}}}" for by, key in keys_]
    path.write_text("\n".join(["roster:", *lines]) + "\n", encoding="utf-8")
    return path


def test_a_signed_receipt_is_held_against_the_roster_of_this_machine(book: Path, tmp_path: Path, kam: Callable[..., Said]):
    mine, other = keys.new_key(tmp_path / "audit.key"), keys.new_key(tmp_path / "other.key")
    receipt = tmp_path / "receipt.txt"
    assert kam("ledger", "anchor", book, "--as", "audit", "--key", tmp_path / "audit.key", "--out", receipt).code == 0
    good = roster(tmp_path / "roster.yaml", ("audit", mine))
    assert kam("ledger", "verify", book, "--anchor", receipt, "--roster", good).code == 0
    for by, key in (("audit", other), ("somebody", mine)):
        said = kam("ledger", "verify", book, "--anchor", receipt, "--roster", roster(tmp_path / "bad.yaml", (by, key)))
        assert (said.code, "KR889" in said.out, "not proved" in said.out) == (5, True, True)
    receipt.write_text(receipt.read_text().replace("entries    6", "entries    5"))
    assert kam("ledger", "verify", book, "--anchor", receipt, "--roster", good).code == 5


def test_a_key_that_others_can_read_signs_nothing(book: Path, tmp_path: Path, kam: Callable[..., Said]):
    path = tmp_path / "audit.key"
    keys.new_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    said = kam("ledger", "anchor", book, "--as", "audit", "--key", path)
    assert (said.code, "KR892 others can read this key" in said.err, "chmod 600" in said.err) == (2, True, True)


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_named(content: bytes | None, book: Path, tmp_path: Path, kam: Callable[..., Said]):
    path = tmp_path / "audit.key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    assert "KR892" in kam("ledger", "anchor", book, "--as", "audit", "--key", path).err


# --- Time -------------------------------------------------------------------------------------------------------------


def test_a_clock_that_went_backwards_loses_nothing_and_is_told(book: Path, kam: Callable[..., Said]):
    add(book, 6, at="2026-02-01T10:00:00+00:00")
    said = kam("ledger", "verify", book)
    assert (said.code, "KR886 entry 7 is dated 2026-02-01" in said.out) == (0, True)


def test_the_same_second_is_no_step_back(book: Path, kam: Callable[..., Said]):
    add(book, 6)
    assert "KR886" not in kam("ledger", "verify", book).out


# --- Bad input --------------------------------------------------------------------------------------------------------


def test_a_ledger_is_never_opened_by_the_way(tmp_path: Path, at_root: None, kam: Callable[..., Said]):  # noqa: ARG001
    said = kam("run", *SAAS, "--ledger", tmp_path / "legder.db", "--out", tmp_path / "run", "--no-witness")
    assert (said.code, "KR880" in said.err, (tmp_path / "run").exists()) == (2, True, False)
    assert not (tmp_path / "legder.db").exists()


def test_a_ledger_that_is_there_is_not_opened_anew(book: Path, kam: Callable[..., Said]):
    before = book.read_bytes()
    assert "KR501" in kam("ledger", "new", book).err
    assert book.read_bytes() == before


def test_a_ledger_that_another_holds_is_named(book: Path, monkeypatch: pytest.MonkeyPatch, kam: Callable[..., Said]):
    monkeypatch.setattr(ledger, "PATIENCE", 0.1)
    other = sqlite3.connect(book, isolation_level=None)
    other.execute("begin exclusive")
    with pytest.raises(UsageError, match="KR881"):
        add(book, 6)
    assert "KR881" in kam("ledger", "verify", book).err
    other.close()
    add(book, 6)


@pytest.mark.parametrize("size", [0, 50, 100, 4096, 5000])
def test_a_ledger_cut_short_as_a_file_is_damaged(size: int, book: Path, kam: Callable[..., Said]):
    book.write_bytes(book.read_bytes()[:size])
    said = kam("ledger", "verify", book)
    assert (said.code, "KR884" in said.err) == (5, True)


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path, kam: Callable[..., Said]):
    (tmp_path / "notes.txt").write_text("no database\n" * 500)
    assert "KR884" in kam("ledger", "verify", tmp_path / "notes.txt").err
    sqlite3.connect(tmp_path / "other.db").executescript("create table entries (a); insert into entries values (1)").close()
    assert "KR884 this file is no ledger" in kam("ledger", "verify", tmp_path / "other.db").err


def test_a_ledger_of_a_later_format_is_neither_read_nor_written(book: Path, kam: Callable[..., Said]):
    with sqlite3.connect(book) as base:
        base.execute("pragma user_version = 2")
    base.close()
    before = book.read_bytes()
    said = kam("ledger", "verify", book)
    assert (said.code, "KR883 the ledger is of format 2" in said.err) == (5, True)
    with pytest.raises(IntegrityError, match="KR883"):
        add(book, 6)
    assert book.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="the rights of files do not bind this user")
def test_a_ledger_on_a_read_only_disk_is_read_and_not_written(book: Path, request: pytest.FixtureRequest):
    """A process without the rights to write: a user of its own where the tests run as root, in a folder that it can reach."""
    folder = Path(tempfile.mkdtemp(prefix="kam-rules-read-only-"))
    request.addfinalizer(lambda: shutil.rmtree(folder))
    book = Path(shutil.copy(book, folder))
    book.chmod(0o444)
    folder.chmod(0o555)
    code = (
        "import sys; from tests.evidence.test_ledger import *; p = Path(sys.argv[1]); print(len(proof.entries(p)))\n"
        "try: add(p, 6)\nexcept UsageError as e: print(e.findings[0].code)"
    )
    bound = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": "/nonexistent"}
    done = subprocess.run([*bound, sys.executable, "-c", code, str(book)], capture_output=True, text=True, check=False, cwd="/", env=env)
    folder.chmod(0o755)
    assert done.stdout.split() == ["6", "KR882"], done.stderr


# --- Two writers, a crash at any write, a full disk -------------------------------------------------------------------


def _many(path: str, writer: int) -> int:
    for number in range(10):
        add(Path(path), 1000 * writer + number, 5)
    return os.getpid()


def test_two_writers_at_once_lose_nothing_and_double_nothing(book: Path):
    with ProcessPoolExecutor(2) as pool:
        assert len(set(pool.map(_many, [str(book)] * 2, [1, 2]))) == 2
    found = proof.entries(book)
    assert [entry.seq for entry in found] == list(range(1, 27))
    assert len({entry.body.get("run_sha256") for entry in found[1:]}) == 25


def test_a_writer_holds_the_ledger_from_its_first_look_at_it(book: Path, monkeypatch: pytest.MonkeyPatch):
    """Else two would read the same last entry, and both write after it."""
    monkeypatch.setattr(ledger, "PATIENCE", 0.1)
    with ledger._writing(book, book), pytest.raises(UsageError, match="KR881"):
        add(book, 6)
    add(book, 6)
    assert len(proof.entries(book)) == 7


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a library that stops a process at its nth write."""
    path = tmp_path_factory.mktemp("shim") / "crash.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", path, HERE / "crash.c", "-ldl"], check=True)
    return path


def crashed(shim: Path, what: str, way: int, folder: Path, *start: Path, step: int = 1) -> list[dict[str, int]]:
    """Do a thing once for each of its writes, stop it there, and return what became of each."""
    env = os.environ | {"LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(HERE / "crashing.py"), what, str(way), str(folder), str(step), *map(str, start)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(("way", "ends"), [(0, -9), (1, -9), (2, 10)], ids=["killed before", "killed in the middle", "the disk is full"])
def test_an_entry_that_is_stopped_at_any_write_is_whole_or_absent_and_comes_once(shim: Path, way: int, ends: int, tmp_path: Path):
    """Two entries go in together: after a crash both are there or neither, and doing it again ends with both, once."""
    told = crashed(shim, "appending", way, tmp_path)
    assert len(told) > 5
    assert [one["code"] for one in told] == [ends] * (len(told) - 1) + [0]
    for one in told:
        path = tmp_path / f"{one['nth']:03}" / "ledger.db"
        found = proof.entries(path)
        assert len(found) in ({1, 3} if one["code"] == -9 else {1} if one["code"] else {3})
        crashing.appending(path.parent)
        assert [entry.kind for entry in proof.entries(path)] == ["opened", "run", "decision"]


@pytest.mark.parametrize("way", [0, 1, 2], ids=["killed before", "killed in the middle", "the disk is full"])
def test_a_run_that_is_stopped_at_any_write_is_recorded_once_when_it_is_done_again(shim: Path, way: int, tmp_path: Path):
    """No entry tells of a run that is not there; a run without its entries is recorded later, with both of them."""
    told = crashed(shim, "recording", way, tmp_path)
    assert len(told) > 20
    assert all(one["code"] in ({-9} if way < 2 else {10}) for one in told[:-1])
    for one in told:
        folder = tmp_path / f"{one['nth']:03}"
        assert (folder / "run").exists() or len(proof.entries(folder / "ledger.db")) == 1
        crashing.recording(folder)
        assert [entry.kind for entry in proof.entries(folder / "ledger.db")] == ["opened", "run", "decision"]
        pack.hold(folder / "run", pack.read_manifest(folder / "run"), lambda _: True)


@pytest.mark.parametrize("way", [0, 1, 2], ids=["killed before", "killed in the middle", "the disk is full"])
def test_a_key_that_is_stopped_at_any_write_is_whole_or_absent(shim: Path, way: int, tmp_path: Path):
    for one in crashed(shim, "keying", way, tmp_path):
        path = tmp_path / f"{one['nth']:03}" / "me.key"
        if path.exists():
            keys.read_key(path)
        else:
            keys.new_key(path)


@pytest.mark.parametrize("way", [0, 1, 2], ids=["killed before", "killed in the middle", "the disk is full"])
def test_a_ledger_whose_opening_is_stopped_at_any_write_is_whole_or_absent(shim: Path, way: int, tmp_path: Path):
    told = crashed(shim, "opening", way, tmp_path)
    assert len(told) > 3
    assert all(one["code"] for one in told[:-1])
    for one in told:
        path = tmp_path / f"{one['nth']:03}" / "ledger.db"
        if path.exists():
            assert len(proof.entries(path)) == 1
        else:
            proof.new_ledger(path, AT)
