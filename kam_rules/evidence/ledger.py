"""The ledger: entries that are only ever added, each with the hash of the one before it, in one SQLite file.

The chain is the proof; the triggers that refuse to change an entry are a courtesy. An entry is written in one
transaction that is on the disk before the call returns: whole, once, or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kam_rules.evidence.pack import canonical, sync
from kam_rules.model.errors import Finding, IntegrityError, KamError, UsageError, Where
from kam_rules.model.ledger import OPENED, Entry, Head
from kam_rules.model.refusal import reason

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORMAT = "kam-rules.ledger/1"
APPLICATION, VERSION = 0x6B616D72, 1
"""What SQLite keeps in the head of the file, so that it is known before a table of it is read."""
NOTHING = "0" * 64
"""What the first entry names as the hash before it."""
PATIENCE = 30.0
"""Seconds that a writer waits for another."""
TABLE = """
create table entries (
    seq integer primary key,
    once text not null unique,
    sha256 text not null unique,
    entry text not null
) strict
"""
COURTESY = "create trigger kept_{0} before {0} on entries begin select raise(abort, 'entries of the ledger are never changed'); end"


def once(kind: str, body: Mapping[str, Any]) -> str:
    """Return what tells an entry from any other, whenever it is written: a second one of the same is the same."""
    return hashlib.sha256(canonical([kind, body])).hexdigest()


def text_of(seq: int, previous: str, at: str, kind: str, body: Mapping[str, Any]) -> str:
    """Return an entry as it is hashed and kept."""
    return canonical({"format": FORMAT, "seq": seq, "previous": previous, "at": at, "kind": kind, "body": body}).decode()


def entry_of(text: str) -> Entry:
    """Return an entry that was kept.

    Raises:
        ValueError: the text is none, or not in the one spelling.
    """
    told = json.loads(text)
    if not isinstance(told, dict) or told.get("format") != FORMAT or canonical(told).decode() != text:
        raise ValueError(text[:40])
    try:
        found = Entry(
            int(told["seq"]),
            str(told["previous"]),
            str(told["at"]),
            str(told["kind"]),
            dict(told["body"]),
            hashlib.sha256(text.encode()).hexdigest(),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from None
    return found


def create(path: Path, at: str) -> Entry:
    """Open a new ledger; it takes its place whole.

    Raises:
        UsageError: KR501 there is something already, KR882 it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.exists() or path.is_symlink():
            raise UsageError(Finding("KR501", "this file exists already", Where(str(path)), "choose another name"))
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with _writing(part, path) as connection:
            connection.exec_driver_sql(TABLE)
            for change in ("update", "delete"):
                connection.exec_driver_sql(COURTESY.format(change))
            connection.exec_driver_sql(f"pragma application_id = {APPLICATION}")
            connection.exec_driver_sql(f"pragma user_version = {VERSION}")
            first = _insert(connection, None, OPENED, {"ledger": secrets.token_hex(16)}, at)
        path.hardlink_to(part)
        sync(path.parent)
    except OSError as error:
        raise UsageError(_unwritable(path, reason(error))) from None
    finally:
        part.unlink(missing_ok=True)
    return first


def append(
    path: Path, things: Sequence[tuple[str, Mapping[str, Any]]], at: str, after: Head | None = None
) -> tuple[tuple[Entry, bool], ...]:
    """Add entries, all or none, and tell which are new: what is there already, word for word, is not written twice.

    Args:
        path: the ledger.
        things: the kind of each entry and what it says; JSON without binary floats.
        at: when, as ISO 8601 in UTC.
        after: the head that the entries were made for; where the ledger has gone on since, nothing is written.

    Raises:
        UsageError: KR880 there is no ledger, KR881 another writer holds it, KR882 it cannot be written, KR898 it has gone on.
        IntegrityError: KR883 it is of another format, KR884 it is damaged, KR885 its last entry was changed.
    """
    _there(path)
    with _writing(path, path) as connection:
        _known(connection, path)
        last = connection.exec_driver_sql("select sha256 from entries order by seq desc limit 1").scalar()
        if after is not None and last != after.sha256:
            message = "somebody else wrote to the ledger at the same moment"
            raise UsageError(Finding("KR898", message, Where(str(path)), "run the command again: it takes that into account"))
        return tuple([_one(connection, path, kind, body, at) for kind, body in things])


def _one(connection: Connection, path: Path, kind: str, body: Mapping[str, Any], at: str) -> tuple[Entry, bool]:
    told = connection.exec_driver_sql("select entry from entries where once = ?", (once(kind, body),)).scalar()
    if told is not None:
        return _last(told, path), False
    last = connection.exec_driver_sql("select entry, sha256 from entries order by seq desc limit 1").one()
    before = _last(last[0], path)
    if before.sha256 != last[1]:
        raise IntegrityError(_changed(path, before.seq))
    return _insert(connection, before, kind, body, at), True


def _insert(connection: Connection, before: Entry | None, kind: str, body: Mapping[str, Any], at: str) -> Entry:
    seq, previous = (before.seq + 1, before.sha256) if before else (1, NOTHING)
    text = text_of(seq, previous, at, kind, body)
    found = entry_of(text)
    connection.exec_driver_sql("insert into entries values (?, ?, ?, ?)", (seq, once(kind, body), found.sha256, text))
    return found


def _last(text: str, path: Path) -> Entry:
    try:
        return entry_of(text)
    except ValueError:
        raise IntegrityError(_changed(path, 0)) from None


def _changed(path: Path, seq: int) -> Finding:
    which = f"entry {seq}" if seq else "an entry"
    return Finding("KR885", f"{which} is not what it was when it was written", Where(str(path)), "kam-rules ledger verify tells more")


Row = tuple[int, str, str, str]
"""A row as it stands: its number, what makes it one of its kind, its hash, the entry."""


def rows(path: Path) -> list[Row]:
    """Return all rows as they stand, in order of their numbers; whether they are a chain is for `chain` to say.

    Raises:
        UsageError: KR880 there is no ledger, KR881 a writer holds it.
        IntegrityError: KR883 it is of another format, KR884 it is damaged.
    """
    _there(path)
    with _reading(path) as connection:
        _known(connection, path)
        found = connection.exec_driver_sql("select seq, once, sha256, entry from entries order by seq").all()
    return [(int(row[0]), str(row[1]), str(row[2]), str(row[3])) for row in found]


def head_of(entries: tuple[Entry, ...]) -> Head:
    """Return the head of a chain that holds."""
    return Head(entries[0].sha256, len(entries), entries[-1].sha256)


def _there(path: Path) -> None:
    try:
        there = path.is_file()
    except OSError as error:
        message = f"the ledger cannot be read: {reason(error)}"
        raise UsageError(Finding("KR880", message, Where(str(path)), "check the rights of the file and its folder")) from None
    if not there:
        raise UsageError(Finding("KR880", "there is no ledger here", Where(str(path)), f"check the name, or: kam-rules ledger new {path}"))


def _known(connection: Connection, path: Path) -> None:
    """Refuse what is no ledger, or one that a later version wrote."""
    application = connection.exec_driver_sql("pragma application_id").scalar()
    version = connection.exec_driver_sql("pragma user_version").scalar()
    if application != APPLICATION:
        raise IntegrityError(Finding("KR884", "this file is no ledger of kam-rules", Where(str(path)), "check the name"))
    if version != VERSION:
        message = f"the ledger is of format {version}, this version reads format {VERSION}"
        raise IntegrityError(Finding("KR883", message, Where(str(path)), "open it with the version that wrote it, or a later one"))


@contextmanager
def _writing(path: Path, shown: Path) -> Iterator[Connection]:
    """Hold the file alone, and keep all that was written in the block, or nothing."""
    with _connected(f"{path.resolve().as_uri()}?mode=rwc", shown) as connection:
        connection.exec_driver_sql("pragma synchronous = extra")
        connection.exec_driver_sql("begin immediate")
        try:
            yield connection
            connection.exec_driver_sql("commit")
        except BaseException:
            if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                connection.exec_driver_sql("rollback")
            raise


@contextmanager
def _reading(path: Path) -> Iterator[Connection]:
    mode = "rw" if os.access(path, os.W_OK) else "ro"  # a reader that may write takes back what a crash left half
    with _connected(f"{path.resolve().as_uri()}?mode={mode}", path) as connection:
        yield connection


@contextmanager
def _connected(uri: str, shown: Path) -> Iterator[Connection]:
    """Open the file and say in words what SQLite says in codes."""
    import sqlite3

    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise _said(error.orig, shown) from None
    except sqlite3.Error as error:
        raise _said(error, shown) from None


def _said(error: BaseException | None, path: Path) -> KamError:
    import sqlite3

    where, code = Where(str(path)), getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        message = f"another program has held the ledger for {PATIENCE:g} seconds"
        return UsageError(Finding("KR881", message, where, "let it end, or end it, and try again; nothing was written"))
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return UsageError(_unwritable(path, str(error)))
    message = f"the ledger is damaged: {error}"
    return IntegrityError(Finding("KR884", message, where, "take it from a copy, and hold the copy against an anchor"))


def _unwritable(path: Path, why: str) -> Finding:
    fix = "check the disk and the rights of the file and its folder; nothing was written"
    return Finding("KR882", f"the ledger cannot be written: {why}", Where(str(path)), fix)
