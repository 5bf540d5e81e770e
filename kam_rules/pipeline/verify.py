"""Verify a run: do its parts follow from one another, and does every account come out as it is recorded?"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.backends import backend
from kam_rules.evidence.pack import read_manifest
from kam_rules.model.document import plain
from kam_rules.model.errors import UnsupportedError
from kam_rules.model.outcome import Layout
from kam_rules.model.parts import Parts
from kam_rules.model.program import Stage
from kam_rules.model.progress import Progress, silent
from kam_rules.model.run import Run, Witnessed
from kam_rules.pipeline.decide import decide
from kam_rules.pipeline.manifest import PACKAGES
from kam_rules.pipeline.record import RESOLVED
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.told_program import PROGRAM, SCRIPT, VALUES, VALUES_UP_TO, script, told_program, values_text
from kam_rules.pipeline.witness import chosen, differences, differing, witness_of

DATA, POLICY, VERSION, RECORD = "data", "policy", "engine version", "record"
MOST = 1000
"""Accounts of one figure that are named."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What does not follow: of an account, or of a whole file (then `account_id` is empty), and the likeliest cause."""

    account_id: str
    what: str
    recorded: str
    answered: str
    by: str
    cause: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A run looked through.

    Attributes:
        run: the run as recorded; its files are what they were.
        files: how many files were held against their hash.
        engine: the engine that decided every account again.
        witness: the engine that decided a sample, or every account, and how many.
        versions: for each package the version that wrote the run, and the one that verified it.
        drifts: what does not follow.
    """

    run: Run
    files: int
    engine: str
    witness: Witnessed
    versions: Mapping[str, tuple[str, str]]
    drifts: tuple[Drift, ...]

    @property
    def doctored(self) -> bool:
        """Whether something differs that another version of the engine does not explain."""
        return any(drift.cause != VERSION for drift in self.drifts)


def verify(run: Run, folder: Path, *, every: bool = False, progress: Progress = silent) -> Verified:
    """Decide a run again, and hold every answer against the record.

    Args:
        run: the run that the folder holds, its files held against their hashes.
        folder: where it lies.
        every: let the witness decide every account, not the run's own sample.
        progress: called with the number of accounts decided since its last call.
    """
    body = read_manifest(folder)
    versions = {name: (str(body["versions"].get(name)), version(name)) for name in PACKAGES}
    aged = any(before != now for before, now in versions.values())
    drifts = list(_files(run, folder, aged=aged))
    data = {drift.account_id for drift in drifts if drift.cause == DATA}
    policy = any(drift.cause == POLICY for drift in drifts)

    def cause(account_id: str) -> str:
        return DATA if account_id in data else POLICY if policy else VERSION if aged else RECORD

    engine, again = _again(run, progress)
    rows, witness = chosen(run)
    if every:
        rows, witness = list(range(run.table.height)), Witnessed(witness_of(run), run.table.height, run.table.height, 0, 0)
    found = [(*told, engine) for told in _columns(run, again)]
    found += [(*told, witness.engine) for told in _witnessed(run, rows, witness.engine, progress)]
    drifts += [Drift(id_, what, one, other, by, cause(id_)) for id_, what, one, other, by in found]
    return Verified(run, len(body["outputs"]), engine, witness, versions, tuple(drifts))


def _again(run: Run, progress: Progress) -> tuple[str, Parts]:
    """Decide every account by the columnar engine; by the reference where columns cannot carry the amounts."""
    for name in ("columnar", "reference"):
        spill = Spill()
        if len(run.book.table.items) > 1:
            spill.to_files()
        try:
            return name, decide(run.ready.program, run.book.table, backend(name), spill, progress)
        except UnsupportedError:
            if name == "reference":
                raise
    raise AssertionError


def _columns(run: Run, again: Parts) -> Iterator[tuple[str, str, str, str]]:
    """Compare every column of the record with the answer, the words of the rules by the names of the rules."""
    for record, answer in zip(run.table, again, strict=True):
        words = {column: stage for stage in run.ready.program.stages for column in _kept(stage, record)}
        for column in answer.columns:
            differs = answer[column].cast(pl.String).ne_missing(record[column].cast(pl.String))
            if differs.any():
                rows = record.filter(differs).head(MOST), answer.filter(differs).head(MOST)
                if column in words:
                    yield from differences(words[column], *rows, column)
                else:
                    ids = rows[0]["account_id"].to_list()
                    told = zip(ids, *(table[column].cast(pl.String).to_list() for table in rows), strict=True)
                    yield from ((id_, column, _said(one), _said(other)) for id_, one, other in told)


def _kept(stage: Stage, record: pl.DataFrame) -> list[str]:
    return [word for word in Layout(stage).words if word in record.columns]


def _witnessed(run: Run, rows: list[int], name: str, progress: Progress) -> Iterator[tuple[str, str, str, str]]:
    for told in differing(run, run.book.table.rows(rows), run.table.rows(rows), name, MOST, progress):
        yield from told


def _said(value: str | None) -> str:
    return "nothing" if value is None else value


def _files(run: Run, folder: Path, *, aged: bool) -> Iterator[Drift]:
    """Hold what follows from the policy and the values against them: both stand in the folder in two forms."""
    told: list[tuple[str, str, Any, Any]] = [
        (RESOLVED, POLICY, json.loads((folder / RESOLVED).read_text(encoding="utf-8")), plain(run.policy.document)),
        (PROGRAM, VERSION if aged else POLICY, (folder / PROGRAM).read_text(encoding="utf-8"), told_program(run)),
        (SCRIPT, VERSION if aged else RECORD, (folder / SCRIPT).read_bytes(), script()),
    ]
    for name, cause, recorded, answered in told:
        if recorded != answered:
            yield Drift("", name, "as the folder holds it", "not what follows from the policy and this version", "kam-rules", cause)
    if run.policy.copies and run.book.table.height <= VALUES_UP_TO:
        yield from _values(run, gzip.decompress((folder / VALUES).read_bytes()))


def _values(run: Run, recorded: bytes) -> Iterator[Drift]:
    """Name each account whose values differ between the two forms, and the fields."""
    for one, other in zip(recorded.splitlines(), values_text(run).splitlines(), strict=False):
        if one != other:
            lines, parquet = json.loads(one), json.loads(other)
            for name in parquet:
                if lines.get(name) != parquet[name]:
                    yield Drift(str(parquet["account_id"]), name, str(lines.get(name)), str(parquet[name]), "accounts.parquet", DATA)
    lines_ = recorded.count(b"\n")
    if lines_ != run.book.table.height:
        yield Drift("", VALUES, f"{lines_} accounts", f"{run.book.table.height} accounts", "accounts.parquet", DATA)
