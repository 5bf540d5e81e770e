"""Accounts come from a real PostgreSQL, which the test starts as a user who is not root; its password is never printed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kam_rules.model.book import Layout
from kam_rules.model.errors import DataError
from kam_rules.pipeline.read import read_source
from kam_rules.pipeline.spill import Spill
from tests.sources.test_contract import exact, policy, source

PASSWORD = "correct horse"  # noqa: S105 - of a server that lives for one test
TABLE = """
create table accounts (account_id text, base_revenue numeric(12, 2), must boolean, since date, points double precision);
insert into accounts values ('a', 1234.50, true, '2026-01-31', 0.1), ('b', 7, false, null, null);
"""


def tools() -> Path | None:
    """Return where the programs of PostgreSQL are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    return found[-1].parent if found else Path(named).parent if named else None


def as_somebody(*command: str, **more: str) -> None:
    """Run a program as a user who is not root, for PostgreSQL refuses root."""
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*who, *command], check=True, capture_output=True, text=True, env={**os.environ, **more}, cwd="/")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a server with one table and a password; return its address without either."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = tools()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="kam-rules-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    secret = folder / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o644)
    data = str(folder / "data")
    try:
        safe = ("-U", "kam", "-A", "scram-sha-256", f"--pwfile={secret}", "--locale=C", "-E", "UTF8")
        as_somebody(str(programs / "initdb"), "-D", data, *safe)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        as_somebody(str(programs / "pg_ctl"), "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "start")
        try:
            psql = [str(programs / "psql"), "-h", "127.0.0.1", "-p", port, "-U", "kam", "-d", "postgres", "-q", "-c", TABLE]
            as_somebody(*psql, PGPASSWORD=PASSWORD)
            yield f"127.0.0.1:{port}/postgres"
        finally:
            as_somebody(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def layout(query: str) -> Layout:
    """Return a source that is a query, its address in the environment."""
    return Layout(database="KAM_TEST_PG", query=query)


def test_a_query_of_postgresql_gives_the_accounts(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Amounts are exact, a double reads as its shortest decimal, NULL is missing."""
    monkeypatch.setenv("KAM_TEST_PG", f"postgresql+psycopg://kam:{PASSWORD.replace(' ', '%20')}@{server}")
    columns = ("account_id", "base_revenue", "must", "since", "points")
    asked = replace(source(tmp_path, columns), path=str(tmp_path), layout=layout("select * from accounts order by account_id"))
    program = replace(policy().program, fields=tuple(f for f in policy().program.fields if f.name in columns))
    found = read_source(asked, program, Spill())
    assert [str(exact(found, name)) for name in columns[1:]] == ["2469/2", "True", "2026-01-31", "1/10"]
    assert (exact(found, "since", "b"), exact(found, "points", "b")) == (None, None)


@pytest.mark.parametrize(
    ("user", "query"),
    [
        pytest.param("kam:wrong horse", "select 1", id="a password that is refused"),
        pytest.param("kam", "select 1", id="a server that asks for a password"),
        pytest.param(f"kam:{PASSWORD}", "select * from nowhere", id="a table that is not there"),
    ],
)
def test_what_postgresql_refuses_is_told_without_a_password(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch, user: str, query: str
) -> None:
    monkeypatch.setenv("KAM_TEST_PG", f"postgresql+psycopg://{user.replace(' ', '%20')}@{server}")
    asked = replace(source(tmp_path, ("account_id", "base_revenue", "must")), path=str(tmp_path), layout=layout(query))
    with pytest.raises(DataError) as caught:
        read_source(asked, policy().program, Spill())
    finding = caught.value.findings[0]
    assert finding.code == "KR430"
    assert not any(word in f"{finding.message} {finding.fix}" for word in (PASSWORD, "wrong horse", "%20horse"))
