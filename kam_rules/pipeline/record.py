"""A run as files."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import polars as pl

from kam_rules.evidence.pack import canonical, write_manifest, writing
from kam_rules.formats._cells import csv_of, guarded
from kam_rules.model.document import plain
from kam_rules.model.outcome import Layout
from kam_rules.model.parts import Parts
from kam_rules.model.policy import Policy
from kam_rules.model.program import Program
from kam_rules.model.progress import Progress, silent
from kam_rules.model.run import Run
from kam_rules.pipeline import told_overrides, told_quota
from kam_rules.pipeline.findings import told_aside, told_faults, told_refused
from kam_rules.pipeline.manifest import told_manifest
from kam_rules.pipeline.spill import write_parquet
from kam_rules.pipeline.tabulate import decisions
from kam_rules.pipeline.told_program import PROGRAM, SCRIPT, VALUES, VALUES_UP_TO, packed, script, told_program, values_text
from kam_rules.pipeline.waivers import beside
from kam_rules.pipeline.withheld import CELLS, check_source, tables_of

POLICY, RESOLVED, DATA = "policy.yaml", "policy.json", "data.yaml"
EXTENDED = "policy.extends-{}.yaml"
"""What the policy extends, the nearest first."""
DECISIONS, DECISIONS_CSV, FAULTS_CSV = "decisions", "decisions.csv", "faults.csv"
ASIDE_CSV, REFUSED_CSV = "set_aside.csv", "refused.csv"
TRAIL = "trail"


def name_of(run: Run) -> str:
    """Return the folder name of a run: its year, its day, and what tells its inputs from any other's."""
    ready = run.ready
    inputs = {
        "policy": [source.sha256 for source in run.policy.sources],
        "data": [source.sha256 for source in run.book.files],
        "days": [ready.as_of.isoformat(), ready.effective_on.isoformat()],
        "sets": dict(ready.sets),
        "ladder": asdict(run.look),
        "engine": run.engine,
        "witness": run.witness is not None,
        "version": version("kam-rules"),
    }
    if run.overridden is not None:
        inputs["overrides"] = told_overrides.told(run, run.overridden)
    if run.standing.authors:
        inputs["authors"] = dict(run.standing.authors)
    if run.standing.head is not None:
        inputs["standing"] = [run.standing.head.ledger, run.standing.said]
    return f"{run.policy.fiscal_year}-{ready.as_of}-{hashlib.sha256(canonical(inputs)).hexdigest()[:8]}".replace("/", "-")


def write(run: Run, out: Path, written: Mapping[str, str], progress: Progress = silent) -> None:
    """Write a run directory; see `kam_rules.evidence.pack.writing` for what can go wrong.

    Args:
        run: the run.
        out: the folder to make.
        written: when and by whom; stands outside the hashed part.
        progress: called with the number of accounts written since its last call.

    Raises:
        UsageError: KR501 the place is taken, KR502 it cannot be written, KR515 the data could not be found again.
    """
    copies = run.policy.copies
    if not copies:
        check_source(run.book)
    with writing(out) as folder:
        (folder / POLICY).write_text(run.policy.sources[0].text, encoding="utf-8", newline="")
        for number, source in enumerate(run.policy.chain[1:], 1):
            (folder / EXTENDED.format(number)).write_text(source.text, encoding="utf-8", newline="")
        for source in run.policy.sources[len(run.policy.chain) :]:
            (folder / beside(Path(POLICY))).write_text(source.text, encoding="utf-8", newline="")
        if run.book.files and run.book.files[0].text:
            (folder / DATA).write_text(run.book.files[0].text, encoding="utf-8", newline="")
        resolved = json.dumps(plain(run.policy.document), ensure_ascii=False, indent=2)
        (folder / RESOLVED).write_text(resolved + "\n", encoding="utf-8")
        _place(run.table, folder / TRAIL, footer(run.policy, run.ready.program))
        for name, table in tables_of(run.book).items() if copies else ():
            _place(table, folder / name, {})
        _decisions(run, folder, progress)
        _write_quotas(run, folder)
        values = _verifier(run, folder)
        for name, content in told_overrides.files(run).items():
            (folder / name).write_text(content if isinstance(content, str) else csv_of(content), encoding="utf-8", newline="")
        for name, told, table in (
            (FAULTS_CSV, told_faults, run.book.faults),
            (ASIDE_CSV, told_aside, run.book.aside),
            (REFUSED_CSV, told_refused, run.book.rejected),
        ):
            with (folder / name).open("wb") as file:
                for part in table:
                    rows = told(run, part).drop(() if copies else CELLS.get(name, ()))
                    guarded(rows).write_csv(file, include_header=not file.tell())
        write_manifest(folder, told_manifest(run, values), written)


def footer(policy: Policy, program: Program) -> dict[str, str]:
    """Return what stands in the footer of the trail, so that the file explains itself: the layout of its codes, and the policy."""
    rules = {found.id: [rule.id for rule in found.rules] for found in program.lists}
    told = {
        "format": "kam-rules.codes/1",
        "policy_sha256": [source.sha256 for source in policy.sources],
        "layout": Layout(*program.stages).described(),
        "rules": rules,
    }
    return {"kam-rules": canonical(told).decode()}


def _decisions(run: Run, folder: Path, progress: Progress) -> None:
    """Write the decisions, as CSV and in the parts of the trail."""
    with (folder / DECISIONS_CSV).open("wb") as file:
        for part, place in zip(run.table, _places(run.table, folder / DECISIONS), strict=True):
            told = decisions(run, part)
            guarded(told).write_csv(file, include_header=not file.tell())
            write_parquet(told, place)
            progress(part.height)


def _verifier(run: Run, folder: Path) -> str:
    """Write what an auditor decides again with, without this program, and return the hash of the values.

    The values of a large book are in Parquet alone, and have no such hash.
    """
    (folder / PROGRAM).write_text(told_program(run), encoding="utf-8")
    (folder / SCRIPT).write_bytes(script())
    if run.book.table.height > VALUES_UP_TO:
        return ""
    values = values_text(run)
    if run.policy.copies:
        (folder / VALUES).write_bytes(packed(values))
    return hashlib.sha256(values).hexdigest()


def _write_quotas(run: Run, folder: Path) -> None:
    for name, content in told_quota.files(run).items():
        if isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8", newline="")
        else:
            write_parquet(content, folder / name)


def _places(table: Parts, path: Path) -> list[Path]:
    """Return where the parts of a table go: one file, or a folder of them."""
    if len(table.items) == 1:
        return [path.with_suffix(".parquet")]
    path.mkdir()
    return [path / f"{number:05}.parquet" for number in range(len(table.items))]


def _place(table: Parts, path: Path, notes: Mapping[str, str]) -> None:
    """Write a table; a part that is a file already is taken over."""
    for item, place in zip(table.items, _places(table, path), strict=True):
        if isinstance(item, pl.DataFrame):
            write_parquet(item, place, notes)
        else:
            _take(item, place)


def _take(item: Path, place: Path) -> None:
    """Give a file a second name where the disk allows it, else copy it."""
    try:
        place.hardlink_to(item)
    except OSError:
        shutil.copyfile(item, place)
