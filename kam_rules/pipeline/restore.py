"""Files as a run: what a run directory holds, each file held against its hash, and what people read against the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.evidence.pack import hold, read_manifest
from kam_rules.formats._cells import csv_of
from kam_rules.model.book import Book
from kam_rules.model.errors import Finding, IntegrityError, UsageError, Where
from kam_rules.model.parts import Parts
from kam_rules.model.policy import Policy, Source
from kam_rules.model.quota import Decision, Look
from kam_rules.model.run import Run, Taken, Witnessed
from kam_rules.pipeline import told_overrides, told_quota
from kam_rules.pipeline.check import check
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.manifest import source_of
from kam_rules.pipeline.reconcile import reconciled
from kam_rules.pipeline.record import DATA, DECISIONS, DECISIONS_CSV, EXTENDED, POLICY, TRAIL
from kam_rules.pipeline.replay import spellings
from kam_rules.pipeline.standing import read_standing
from kam_rules.pipeline.tabulate import decisions
from kam_rules.pipeline.withheld import TABLES, read_again

COMPARED = 100_000
"""Accounts up to which the CSV, too, is held against the trail when a run is opened."""


def read(folder: Path, account_id: str | None = None, data: Path | None = None) -> Run:
    """Return the run that a folder holds; with `account_id` only the part that this account stands in is read and held.

    Of one part alone, the targets are not held against the figure from above again. A run that keeps no data is read
    together with them, always as a whole.

    Args:
        folder: the run.
        account_id: the account that is asked for, where it is one alone.
        data: where the data file of a run without data lies now; by default where it lay when the run was made.

    Raises:
        UsageError: KR504 the folder is no complete run, KR513 the data are not there, KR516 the run keeps its own.
        IntegrityError: KR503 a file is not what it was when it was written, KR514 the data are not.
    """
    body = read_manifest(folder)
    if data is not None and not body["withheld"]:
        raise UsageError(Finding("KR516", "this run keeps its data: no others are looked at", Where(str(folder)), "leave --data out"))
    try:
        part = None if account_id is None or body["withheld"] else _part_of(folder, account_id)
        hold(folder, body, lambda path: part is None or (path.parent == folder and path.suffix != ".csv") or path.stem == f"{part:05}")
        run = _read(folder, body, part, data)
    except (KeyError, ValueError, TypeError, OSError, pl.exceptions.PolarsError) as error:
        message = f"the manifest and the files of this run do not fit together: {type(error).__name__} {error}"
        raise IntegrityError(Finding("KR503", message, Where(str(folder)), "take the run from a copy, or run again")) from None
    _hold_decisions(run, folder, part)
    return run


def _part_of(folder: Path, account_id: str) -> int | None:
    """Return the part that an account stands in; None where the run is one part, or has no such account."""
    files = _files(folder, "accounts")
    if len(files) == 1:
        return None
    wanted = spellings(account_id)
    near = pl.col("account_id").is_between(pl.lit(min(wanted)), pl.lit(max(wanted)))  # lets the reader pass over whole files
    ids = pl.scan_parquet(files, glob=False, include_file_paths="file").filter(near & pl.col("account_id").is_in(wanted))
    found = ids.select("file").collect(engine="streaming")
    return int(Path(found.item(0, 0)).stem) if found.height else None


def _files(folder: Path, name: str) -> list[Path]:
    single = folder / f"{name}.parquet"
    return [single] if single.exists() else sorted((folder / name).glob("*.parquet"))


def _parts(folder: Path, name: str, part: int | None) -> Parts:
    files = _files(folder, name)
    items = tuple(files if part is None else files[part : part + 1])
    sizes = tuple(int(pl.scan_parquet(item, glob=False).select(pl.len()).collect().item()) for item in items)
    found = Parts(items, sizes)
    return found.part(0) if len(items) == 1 else found


def _read(folder: Path, body: Mapping[str, Any], part: int | None, data: Path | None) -> Run:
    policy = _policy(folder, [file["path"] for file in body["policy"]["files"]])
    as_of, effective_on = (dt.date.fromisoformat(body[key]) for key in ("as_of", "effective_on"))
    ready = compile_policy(policy, as_of, effective_on, body["sets"])
    witness = Witnessed(**body["witness"]) if body["witness"] else None
    seats = {tier: Taken(**taken) for tier, taken in body["seats"].items()}
    decision = body["ladder"]["decision"]
    look = Look(**{**body["ladder"], "decision": Decision(**decision) if decision else None})
    table = _parts(folder, TRAIL, part)
    book = read_again(body, ready.program, table.sizes, data) if body["withheld"] else _book(folder, body, as_of, part)
    run = Run(policy, ready, book, table, body["engine"], seats, witness, look=look, standing=read_standing(body["standing"]))
    if body["overrides"] is not None:
        run = replace(run, overridden=told_overrides.restored(run, folder, body["overrides"]["path"]))
    return replace(run, reconciled=reconciled(run)) if part is None else run


def _policy(folder: Path, shown: list[str]) -> Policy:
    """Return the policy of a run from the files that it keeps, wherever they were when it ran."""
    count = len(list(folder.glob(EXTENDED.format("*"))))
    files = [folder / EXTENDED.format(number) for number in range(1, count + 1)]
    return check(folder / POLICY, shown[0], list(zip(files, shown[1:], strict=False)))


def _hold_decisions(run: Run, folder: Path, part: int | None) -> None:
    """Hold the decisions that people read against the trail that they were made from."""
    found = []
    files = _files(folder, DECISIONS)
    for trail, path in zip(run.table, files if part is None else files[part : part + 1], strict=True):
        derived = decisions(run, trail)
        if not derived.equals(pl.read_parquet(path, glob=False), null_equal=True):
            found.append(path)
        if len(run.table.items) == 1 and part is None and derived.height <= COMPARED:
            text = (folder / DECISIONS_CSV).read_text(encoding="utf-8")
            found += [folder / DECISIONS_CSV] if csv_of(derived) != text else []
    found += [folder / name for name, content in told_quota.files(run).items() if _differs(folder / name, content)]
    if part is None:
        told = {name: content if isinstance(content, str) else csv_of(content) for name, content in told_overrides.files(run).items()}
        found += [folder / name for name, content in told.items() if name != told_overrides.FILE and _differs(folder / name, content)]
    if found:
        message = "this file does not follow from the run's trail"
        raise IntegrityError([Finding("KR503", message, Where(str(path)), "take the run from a copy, or run again") for path in found])


def _differs(path: Path, content: str | pl.DataFrame) -> bool:
    if isinstance(content, str):
        return path.read_text(encoding="utf-8") != content
    return not content.equals(pl.read_parquet(path), null_equal=True)


def _book(folder: Path, body: Mapping[str, Any], as_of: dt.date, part: int | None) -> Book:
    table, raw, faults, aside, rejected = (_parts(folder, name, part) for name in TABLES)
    text = (folder / DATA).read_bytes().decode() if (folder / DATA).is_file() else ""
    source = source_of(body, as_of)
    return Book(
        table,
        raw,
        faults,
        aside,
        rejected,
        source,
        tuple(Source(f["path"], f["sha256"], text if i == 0 else "") for i, f in enumerate(body["data"]["files"])),
        body["counts"]["rows"],
        body["base"]["in"],
        tuple(body["unfed"]),
        tuple(body["unread"]),
        tuple(body["rounded"].items()),
        {name: pl.read_parquet(folder / f"{name}.parquet") for name in source.tables},
    )
