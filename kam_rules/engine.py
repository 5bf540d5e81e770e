"""One function a verb: the Python API that the command line, pages and notebooks share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kam_rules.backends import Backend, Progress, backend, backends
from kam_rules.model.book import Book
from kam_rules.model.errors import DataError, Finding, UnsupportedError, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Policy
from kam_rules.model.program import Program
from kam_rules.model.run import Checked, Run
from kam_rules.model.types import BUILT_IN
from kam_rules.model.weight import NEAR
from kam_rules.pipeline import findings, record, schemas, tabulate
from kam_rules.pipeline.check import check as check_policy
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.datafile import for_frame, load_data_file
from kam_rules.pipeline.decide import decide
from kam_rules.pipeline.explain import Trail
from kam_rules.pipeline.explain import explain as tell
from kam_rules.pipeline.init import start
from kam_rules.pipeline.read import read_raw, read_source
from kam_rules.pipeline.witness import WITNESS
from kam_rules.pipeline.witness import witness as witnessed
from kam_rules.sources._frame import read as read_frame
from kam_rules.sources._frame import to_pandas

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "columnar"
"""The engine that decides where none is named."""


def run(
    policy: str | Path | Policy,
    data: str | Path | pd.DataFrame | pl.DataFrame,
    *,
    as_of: dt.date | None = None,
    effective_on: dt.date | None = None,
    sets: Mapping[str, str] | None = None,
    engine: str = DEFAULT,
    witness: bool = True,
    progress: Progress = lambda _: None,
    expect: Progress = lambda _: None,
) -> Run:
    """Decide for every account of `data` by `policy`.

    Args:
        policy: a policy file, or one that has been checked.
        data: a data file, or a frame with a column for each field, named as the policy names it.
        as_of: the day of the data; a frame needs it, a data file says it.
        effective_on: the day to decide for; by default the day of the data, or the policy's first day if that is later.
        sets: assumptions to replace, such as ``{"inflation": "3%"}``.
        engine: the engine that decides.
        witness: let durable-rules decide accounts again, all up to 1,000, a stated sample of more.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.

    Raises:
        PolicyError: the policy is at fault, or not in force on that day.
        DataError: the data cannot be read at all.
        UsageError: an assumption or an engine is not known.
        DisagreementError: the witness decides an account differently.
    """
    checked = policy if isinstance(policy, Policy) else check_policy(Path(policy))
    if isinstance(data, str | Path):
        source, file = load_data_file(Path(data))
        ready = compile_policy(checked, as_of or source.as_of, effective_on, sets)
        book = read_source(source, ready.program, (file,))
    else:
        if as_of is None:
            raise UsageError(Finding("KR507", "a frame does not say its day", None, "give as_of=datetime.date(2026, 6, 30)"))
        ready = compile_policy(checked, as_of, effective_on, sets)
        names = [f.name for f in ready.program.fields]
        columns = {str(name): str(name) for name in data.columns if name in names or name in BUILT_IN}
        book = read_raw(read_frame(data, "frame"), for_frame(columns, as_of), ready.program, ())
    expect(len(ready.program.stages) * book.table.height)
    table, engine = _decide(ready.program, book, engine, progress)
    decided = Run(checked, ready, book, table, engine)
    return replace(decided, witness=witnessed(decided, progress, expect)) if witness else decided


def _decide(program: Program, book: Book, engine: str, progress: Progress) -> tuple[pl.DataFrame, str]:
    """Decide by the engine asked for; a book whose amounts columns cannot carry is decided by the reference, and says so."""
    try:
        return decide(program, book.table, _backend(engine), progress), engine
    except UnsupportedError as error:
        if engine != DEFAULT:
            raise
        reason = error.findings[0].message
    return decide(program, book.table, _backend("reference"), progress), f"reference ({reason})"


def _backend(name: str) -> Backend:
    if name not in backends():
        raise UsageError(Finding("KR506", f"there is no engine '{name}'", None, did_you_mean(name, backends())))
    return backend(name)


def decide_one(
    policy: str | Path | Policy,
    values: Mapping[str, str],
    *,
    as_of: dt.date | None = None,
    sets: Mapping[str, str] | None = None,
) -> Trail:
    """Return the trail of one account: its rules fire in durable-rules, and the reference engine agrees.

    Args:
        policy: a policy file, or one that has been checked.
        values: texts by field, such as ``{"base_revenue": "420000"}``; what is not given is missing.
        as_of: the day of the values; by default the policy's first day.
        sets: assumptions to replace.

    Raises:
        PolicyError: the policy is at fault.
        UsageError: KR311 a value names no field of the policy.
        DataError: a value breaks the contract so that the account cannot be decided.
        DisagreementError: the two engines differ.
    """
    checked = policy if isinstance(policy, Policy) else check_policy(Path(policy))
    known = [*(f.name for f in checked.program.fields), *BUILT_IN]
    strange = [name for name in values if name not in known]
    if strange:
        raise UsageError([Finding("KR311", f"there is no field '{name}'", None, did_you_mean(name, known)) for name in strange])
    row = {"account_id": "the account", **values}
    frame = pl.DataFrame({name: [text] for name, text in row.items()}, schema=dict.fromkeys(row, pl.String))
    decided = run(checked, frame, as_of=as_of or checked.start, sets=sets, engine=WITNESS, witness=False)
    broken = findings.data_findings(decided.book, decided.ready.program)
    if any(finding.level == "error" for finding in broken) or not decided.table.height:
        raise DataError(broken)
    return tell(decided, row["account_id"])


def check(
    policy: str | Path,
    data: str | Path | None = None,
    *,
    on: dt.date | None = None,
    within: Fraction = NEAR,
) -> Checked:
    """Return a policy whose every fault would have been told, with what is to be said of it beyond that.

    Args:
        policy: a policy file.
        data: a data file: its accounts are read by the contract, decided, and each finding is weighed on them.
        on: the day that waivers are held against; by default the day that the data would be decided for.
        within: how near an edge an account is near it: the share of the edge, or of 100 points of a score.

    Raises:
        PolicyError: every fault of the policy, or of its waivers.
        DataError: every fault of the data file, or one for which nothing could be decided.
    """
    from kam_rules.pipeline.checked import checked

    found = check_policy(Path(policy))
    if data is None:
        return checked(found, on or found.start)
    source, file = load_data_file(Path(data))
    ready = compile_policy(found, source.as_of)
    book = read_source(source, ready.program, (file,))
    table, used = _decide(ready.program, book, DEFAULT, lambda _: None)
    return checked(found, on or ready.effective_on, Run(found, ready, book, table, used), within)


def write(run: Run, out: str | Path, written: Mapping[str, str] | None = None) -> Path:
    """Write the run directory.

    Args:
        run: a run.
        out: the folder to make; it may not exist.
        written: what stands outside the hashed part of the manifest, such as the time.

    Raises:
        UsageError: the folder exists or cannot be written.
    """
    record.write(run, Path(out), dict(written or {}))
    return Path(out)


def name_of(run: Run) -> str:
    """Return the name of a run: its year, its day, and a hash of its inputs."""
    return record.name_of(run)


def serious(run: Run) -> tuple[Finding, ...]:
    """Return what makes a run end with findings: refused rows, or nothing decided at all."""
    return findings.serious(run)


def read(folder: str | Path) -> Run:
    """Return the run that a folder holds.

    Raises:
        UsageError: the folder is no complete run.
        IntegrityError: a file is not what it was when it was written.
    """
    return record.read(Path(folder))


def explain(run: Run | str | Path, account_id: str) -> Trail:
    """Return the whole trail of one account, `kam-rules.trail/1`.

    Args:
        run: a run, or the folder of one.
        account_id: the account.

    Raises:
        UsageError: the account is not in the run.
        DisagreementError: the record and the reference engine decide the account differently.
    """
    return tell(run if isinstance(run, Run) else read(run), account_id)


def decisions(run: Run) -> pd.DataFrame:
    """Return one row an account as a pandas frame; amounts and ratios are `decimal.Decimal`."""
    return to_pandas(tabulate.decisions(run))


def init(folder: str | Path) -> tuple[Path, ...]:
    """Write a small policy project and return its files.

    Raises:
        UsageError: KR501 one of the files exists already, KR502 the folder cannot be written.
    """
    return start(Path(folder))


def write_schemas(folder: str | Path) -> tuple[Path, ...]:
    """Write the JSON schemas of policies, data files, trails and manifests, and return their paths."""
    return schemas.write(Path(folder))
