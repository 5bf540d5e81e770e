"""A run as files, and files as a run."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.evidence.pack import canonical, read_manifest, write_manifest, writing
from kam_rules.formats._cells import safe
from kam_rules.model.book import AccountsSource, Book, ColumnMap
from kam_rules.model.document import plain
from kam_rules.model.errors import Finding, IntegrityError, Where
from kam_rules.model.policy import Source
from kam_rules.model.run import Run, Witnessed
from kam_rules.pipeline.check import check
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.findings import told_faults
from kam_rules.pipeline.tabulate import count, decisions
from kam_rules.pipeline.waivers import beside

POLICY, RESOLVED, DATA = "policy.yaml", "policy.json", "data.yaml"
ACCOUNTS, RAW, TRAIL, FAULTS = "accounts.parquet", "raw.parquet", "trail.parquet", "faults.parquet"
DECISIONS, DECISIONS_CSV, FAULTS_CSV = "decisions.parquet", "decisions.csv", "faults.csv"
COMPARED = 100_000
"""Accounts up to which the CSV, too, is held against the trail when a run is opened."""
PACKAGES = ("kam-rules", "polars", "durable-rules")


def name_of(run: Run) -> str:
    """Return the folder name of a run: its year, its day, and what tells its inputs from any other's."""
    ready = run.ready
    inputs = {
        "policy": [source.sha256 for source in run.policy.sources],
        "data": [source.sha256 for source in run.book.files],
        "days": [ready.as_of.isoformat(), ready.effective_on.isoformat()],
        "sets": dict(ready.sets),
        "engine": run.engine,
        "witness": run.witness is not None,
        "version": version("kam-rules"),
    }
    return f"{run.policy.fiscal_year}-{ready.as_of}-{hashlib.sha256(canonical(inputs)).hexdigest()[:8]}".replace("/", "-")


def write(run: Run, out: Path, written: Mapping[str, str]) -> None:
    """Write a run directory; see `kam_rules.evidence.pack.writing` for what can go wrong.

    Args:
        run: the run.
        out: the folder to make.
        written: when and by whom; stands outside the hashed part.
    """
    with writing(out) as folder:
        (folder / POLICY).write_text(run.policy.sources[0].text, encoding="utf-8", newline="")
        for source in run.policy.sources[1:]:
            (folder / beside(Path(POLICY))).write_text(source.text, encoding="utf-8", newline="")
        if run.book.files and run.book.files[0].text:
            (folder / DATA).write_text(run.book.files[0].text, encoding="utf-8", newline="")
        resolved = json.dumps(plain(run.policy.document), ensure_ascii=False, indent=2)
        (folder / RESOLVED).write_text(resolved + "\n", encoding="utf-8")
        told = decisions(run)
        tables = {ACCOUNTS: run.book.table, RAW: run.book.raw, FAULTS: run.book.faults, TRAIL: run.table, DECISIONS: told}
        for name, table in tables.items():
            _write_parquet(table, folder / name)
        for name, table in {DECISIONS_CSV: told, FAULTS_CSV: told_faults(run)}.items():
            (folder / name).write_text(csv_of(table), encoding="utf-8", newline="")
        write_manifest(folder, _manifest(run), written)


def _write_parquet(table: pl.DataFrame, path: Path) -> None:
    try:
        table.write_parquet(path)
    except pl.exceptions.PolarsError as error:  # how Polars tells a full disk
        raise OSError(str(error).splitlines()[0]) from error


def csv_of(table: pl.DataFrame) -> str:
    """Return a table as CSV in which no cell runs as a formula in a spreadsheet."""
    words = {name for name, kind in table.schema.items() if kind == pl.String}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.iter_rows(named=True):
        writer.writerow(safe(cell) if name in words and cell else _plain(cell) for name, cell in row.items())
    return out.getvalue()


def _plain(cell: object) -> object:
    return {True: "true", False: "false", None: ""}.get(cell, cell) if cell is None or isinstance(cell, bool) else cell


def _manifest(run: Run) -> dict[str, Any]:
    ready, book = run.ready, run.book
    return {
        "policy": {
            "id": run.policy.id,
            "fiscal_year": run.policy.fiscal_year,
            "status": "draft: this version keeps no signatures",
            "files": [{"path": s.path, "sha256": s.sha256} for s in run.policy.sources],
        },
        "data": {
            "files": [{"path": s.path, "sha256": s.sha256} for s in book.files],
            "accounts": {"file": book.source.shown, "columns": {n: [c.column, c.unit] for n, c in book.source.columns.items()}},
        },
        "as_of": ready.as_of.isoformat(),
        "effective_on": ready.effective_on.isoformat(),
        "known_at": book.source.known_at.isoformat() if book.source.known_at else None,
        "sets": dict(ready.sets),
        "engine": run.engine,
        "witness": None if run.witness is None else asdict(run.witness),
        "incumbents": "none: this is a first run",
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "counts": count(run),
        "rounded": dict(book.rounded),
        "unfed": list(book.unfed),
        "unread": list(book.unread),
    }


def read(folder: Path) -> Run:
    """Return the run that a folder holds.

    Raises:
        UsageError: KR504 the folder is no complete run.
        IntegrityError: KR503 a file is not what it was when it was written.
    """
    body = read_manifest(folder)
    try:
        run = _read(folder, body)
    except (KeyError, ValueError, TypeError, OSError, pl.exceptions.PolarsError) as error:
        message = f"the manifest and the files of this run do not fit together: {type(error).__name__} {error}"
        raise IntegrityError(Finding("KR503", message, Where(str(folder)), "take the run from a copy, or run again")) from None
    _hold_decisions(run, folder)
    return run


def _read(folder: Path, body: Mapping[str, Any]) -> Run:
    policy = check(folder / POLICY, body["policy"]["files"][0]["path"])
    as_of, effective_on = (dt.date.fromisoformat(body[key]) for key in ("as_of", "effective_on"))
    ready = compile_policy(policy, as_of, effective_on, body["sets"])
    witness = Witnessed(**body["witness"]) if body["witness"] else None
    return Run(policy, ready, _book(folder, body, as_of), pl.read_parquet(folder / TRAIL), body["engine"], witness)


def _hold_decisions(run: Run, folder: Path) -> None:
    """Hold the decisions that people read against the trail that they were made from."""
    told, found = decisions(run), []
    if not told.equals(pl.read_parquet(folder / DECISIONS), null_equal=True):
        found.append(folder / DECISIONS)
    if told.height <= COMPARED and csv_of(told) != (folder / DECISIONS_CSV).read_text(encoding="utf-8"):
        found.append(folder / DECISIONS_CSV)
    if found:
        message = "this file does not follow from the run's trail"
        raise IntegrityError([Finding("KR503", message, Where(str(path)), "take the run from a copy, or run again") for path in found])


def _book(folder: Path, body: Mapping[str, Any], as_of: dt.date) -> Book:
    told, counts = body["data"]["accounts"], body["counts"]
    columns = {name: ColumnMap(column, unit) for name, (column, unit) in told["columns"].items()}
    known_at = dt.date.fromisoformat(body["known_at"]) if body["known_at"] else None
    return Book(
        pl.read_parquet(folder / ACCOUNTS),
        pl.read_parquet(folder / RAW),
        pl.read_parquet(folder / FAULTS),
        AccountsSource("", told["file"], as_of, columns, known_at),
        tuple(Source(f["path"], f["sha256"]) for f in body["data"]["files"]),
        counts["rows"],
        counts["merged"],
        counts["blank"],
        tuple(body["unfed"]),
        tuple(body["unread"]),
        tuple(body["rounded"].items()),
    )
