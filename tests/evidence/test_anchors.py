"""Heads kept outside the ledger (R-LEDGER): a receipt, a git tag, a signature, a run; and what becomes of a forged one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kam_rules import proof
from kam_rules.evidence import anchors, keys, ledger, pack
from tests.conftest import Said
from tests.evidence.signing import repository
from tests.evidence.test_ledger import AT, add, forged, meddle

Kam = Callable[..., Said]
FORGED: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut off at the end": (lambda path: meddle(path, "delete from entries where seq > 4"), "cut off: "),
    "all written anew with one entry changed": (forged, "rewritten: entry 6"),
    "all written anew without one entry": (lambda path: forged(path, drop=3), "cut off: "),
    "all written anew from the first entry": (lambda path: forged(path, drop=1), "another ledger"),
}


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a ledger of six entries, in a folder that is a git repository, with the key of its auditor."""
    repository(tmp_path, monkeypatch)
    path = tmp_path / "ledger.db"
    proof.new_ledger(path, AT)
    add(path, 1, 2, 3, 4, 5)
    roster(keys.new_key(tmp_path / "audit.key"))
    return path


def roster(key: str, start: str = "2026-01-01", end: str = "2026-12-31") -> Path:
    line = f"{{id: audit, name: A, functions: [audit], key: '{key}', from: {start}, to: {end}, may_approve: {{}}}}"
    path = Path("roster.yaml")
    path.write_text(f"roster:\n  - {line}\n", encoding="utf-8")
    return path


def dated(start: str, end: str) -> None:
    """Let the auditor's key sign from another day to another."""
    roster(Path("roster.yaml").read_text().split("key: '")[1].split("'")[0], start, end)


def printed(book: Path) -> str:
    Path("receipt.txt").write_text(proof.anchor_ledger(book, AT), encoding="utf-8")
    return "receipt.txt"


def signed(book: Path, at: str = AT) -> str:
    Path("signed.txt").write_text(proof.anchor_ledger(book, at, by="audit", key="audit.key"), encoding="utf-8")
    return "signed.txt"


def tagged(book: Path) -> str:
    proof.anchor_ledger(book, AT, tag="ledger-1")
    return "git:ledger-1"


def run(book: Path) -> str:
    """Write as little of a run as an anchor is: a manifest that bears the head."""
    head = ledger.head_of(proof.entries(book))
    with pack.writing(Path("run")) as part:
        told = {"ledger": head.ledger, "entries": head.entries, "sha256": head.sha256}
        pack.write_manifest(part, {"standing": {"head": told}}, {"at": AT})
    return "run"


WAYS = {"a receipt": printed, "a signed receipt": signed, "a git tag": tagged, "a run": run}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", FORGED)
def test_what_the_chain_cannot_show_each_kind_of_anchor_does(kind: str, way: str, book: Path, kam: Kam):
    how, words = FORGED[kind]
    place = WAYS[way](book)
    assert "proved up to entry 6" in kam("ledger", "verify", book, "--anchor", place, "--roster", "roster.yaml").out
    how(book)
    assert kam("ledger", "verify", book).code == 0
    said = kam("ledger", "verify", book, "--anchor", place, "--roster", "roster.yaml")
    assert (said.code, words in said.out, "disproved" in said.out) == (5, True, True)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda told: told.replace("entries    6", "entries    5"), id="another number of entries"),
        pytest.param(lambda told: told.replace("at         2026-03-01", "at         2026-03-02"), id="another day"),
        pytest.param(lambda told: told.replace("by         audit", "by         cfo"), id="another name"),
        pytest.param(lambda told: told[: told.index("signature")], id="the signature taken away"),
        pytest.param(lambda told: told[: told.index("signature")] + "signature  AAAA\n", id="a signature that is none"),
    ],
)
def test_a_signed_receipt_that_was_changed_proves_nothing(change: Callable[[str], str], book: Path, kam: Kam):
    receipt = Path(signed(book))
    receipt.write_text(change(receipt.read_text()), encoding="utf-8")
    said = kam("ledger", "verify", book, "--anchor", receipt, "--roster", "roster.yaml")
    assert (said.code, "KR889" in said.out, "proved up to" in said.out) == (5, True, False)


def test_a_head_signed_by_a_forger_s_key_proves_nothing(book: Path, kam: Kam):
    """Whoever rewrites the ledger can write a receipt that fits it; the auditor's key is what they do not have."""
    keys.new_key(Path("forger.key"))
    forged(book)
    told = anchors.receipt(ledger.head_of(proof.entries(book)), AT, "audit", keys.read_key(Path("forger.key")))
    Path("receipt.txt").write_text(told, encoding="utf-8")
    anchors.tag("ledger-1", told)
    for place in ("receipt.txt", "git:ledger-1"):
        said = kam("ledger", "verify", book, "--anchor", place, "--roster", "roster.yaml")
        assert (said.code, "is signed by no key of 'audit' on the roster" in said.out) == (5, True)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        pytest.param("2026-03-01", "2026-12-31", 0, id="on the first day of the key"),
        pytest.param("2026-03-02", "2026-12-31", 5, id="the day before it"),
        pytest.param("2026-01-01", "2026-03-01", 0, id="on the last day of the key"),
        pytest.param("2026-01-01", "2026-02-28", 5, id="the day after it"),
    ],
)
def test_a_receipt_counts_by_a_key_of_its_day(start: str, end: str, code: int, book: Path, kam: Kam):
    dated(start, end)
    said = kam("ledger", "verify", book, "--anchor", signed(book), "--roster", "roster.yaml")
    assert (said.code, f"the key of 'audit' signs from {start} to {end}" in said.out) == (code, bool(code))


def test_a_key_that_has_run_out_signs_no_head_of_later_under_an_earlier_day(book: Path, kam: Kam):
    add(book, 6, at="2027-01-15T10:00:00+00:00")
    said = kam("ledger", "verify", book, "--anchor", signed(book, AT), "--roster", "roster.yaml")
    assert (said.code, "is signed on 2027-01-15" in said.out) == (5, True)


def test_a_run_whose_manifest_was_changed_is_no_anchor(book: Path, kam: Kam):
    manifest = Path(run(book)) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"entries": 6', '"entries": 4'), encoding="utf-8")
    said = kam("ledger", "verify", book, "--anchor", "run")
    assert (said.code, "KR503" in said.err) == (5, True)


def test_it_is_said_how_far_each_copy_reaches_and_which_is_signed(book: Path, kam: Kam):
    early = printed(book)
    add(book, 6)
    late = signed(book)
    said = " ".join(kam("ledger", "verify", book, "--anchor", early, "--anchor", late, "--roster", "roster.yaml").out.split())
    assert "proved up to entry 7 by the receipt signed.txt, signed by audit and the receipt receipt.txt (up to entry 6)" in said
