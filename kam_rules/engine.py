"""One function a verb: the Python API that the command line, pages and notebooks share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kam_rules.backends import Backend, backend, backends
from kam_rules.evidence.pack import sealed
from kam_rules.model.book import Book
from kam_rules.model.errors import DataError, Finding, UnsupportedError, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.parts import Parts
from kam_rules.model.policy import Policy, Ready
from kam_rules.model.program import Program
from kam_rules.model.progress import Progress, silent
from kam_rules.model.quota import Decision
from kam_rules.model.run import Checked, Run
from kam_rules.model.types import BUILT_IN
from kam_rules.model.weight import NEAR
from kam_rules.pipeline import findings, record, restore, schemas, tabulate
from kam_rules.pipeline.again import again
from kam_rules.pipeline.check import check as check_policy
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.datafile import for_frame, load_data_file
from kam_rules.pipeline.decide import decide, taken
from kam_rules.pipeline.explain import Trail
from kam_rules.pipeline.explain import explain as tell
from kam_rules.pipeline.explain_quota import QUOTAS
from kam_rules.pipeline.explain_quota import explain as tell_quota
from kam_rules.pipeline.hands import Hands, hands
from kam_rules.pipeline.init import start
from kam_rules.pipeline.judge import Judged, judge
from kam_rules.pipeline.quarters import Quarters, quarters
from kam_rules.pipeline.read import Watch, read_raw, read_source
from kam_rules.pipeline.reconcile import reconciled
from kam_rules.pipeline.seat import alone
from kam_rules.pipeline.series import chosen
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.tables import frame_tables
from kam_rules.pipeline.witness import WITNESS
from kam_rules.pipeline.witness import witness as witnessed
from kam_rules.sources._frame import read as read_frame
from kam_rules.sources._frame import to_pandas

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "columnar"
"""The engine that decides where none is named."""
COST, SLOW = {"columnar": 1}, 1000
"""Steps that a row takes in an engine, so that what is left of a run can be estimated: columns against one by one."""
VISITS = 3
"""Steps that a row takes beside the engines: read, typed, written."""


def run(  # noqa: PLR0913 - each is an option that a caller knows by name
    policy: str | Path | Policy,
    data: str | Path | pd.DataFrame | pl.DataFrame,
    *,
    as_of: dt.date | None = None,
    effective_on: dt.date | None = None,
    sets: Mapping[str, str] | None = None,
    engine: str = DEFAULT,
    witness: bool = True,
    tables: Mapping[str, pd.DataFrame | pl.DataFrame] | None = None,
    scratch: Path | None = None,
    progress: Progress = silent,
    expect: Progress = silent,
) -> Run:
    """Decide for every account of `data` by `policy`.

    Args:
        policy: a policy file, one that has been checked, or a folder of policies: then the one in force decides.
        data: a data file, or a frame with a column for each field, named as the policy names it.
        as_of: the day of the data; a frame needs it, a data file says it.
        effective_on: the day to decide for; by default the day of the data, or the policy's first day if that is later.
        sets: assumptions to replace, such as ``{"inflation": "3%"}``.
        engine: the engine that decides.
        witness: let durable-rules decide accounts again, all up to 1,000, a stated sample of more.
        tables: frames beside a frame of accounts, such as ``{"reps": reps}``, their columns named as the table names them.
        scratch: where parts of a book too large for memory wait; by default where the system keeps such.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are; below 0 where there are fewer than thought.

    Raises:
        PolicyError: the policy is at fault, or not in force on that day.
        DataError: the data cannot be read at all.
        UsageError: an assumption or an engine is not known.
        DisagreementError: the witness decides an account differently.
    """
    checked, spill = _policy(policy, data, effective_on or as_of), Spill(scratch)
    try:
        decided = _run(checked, (data, tables or {}), (as_of, effective_on, sets), engine, spill, (progress, expect))
        if witness:
            told = witnessed(decided, lambda rows: progress(rows * SLOW), lambda rows: expect(rows * SLOW))
            decided = replace(decided, witness=told)
    except BaseException:
        spill.close()
        raise
    return decided


Given = tuple["str | Path | pd.DataFrame | pl.DataFrame", "Mapping[str, pd.DataFrame | pl.DataFrame]"]
Days = tuple[dt.date | None, dt.date | None, Mapping[str, str] | None]


def _policy(policy: str | Path | Policy, data: object, day: dt.date | None) -> Policy:
    """Return a checked policy; of a folder the one that is in force on the day, by default that of the data."""
    if isinstance(policy, Policy) or not Path(policy).is_dir():
        return policy if isinstance(policy, Policy) else check_policy(Path(policy))
    if day is None and isinstance(data, str | Path):
        day = load_data_file(Path(data))[0].as_of
    if day is None:
        raise UsageError(Finding("KR507", "a frame does not say its day", None, "give as_of=datetime.date(2026, 6, 30)"))
    return chosen(Path(policy), day)


def _run(checked: Policy, given: Given, days: Days, engine: str, spill: Spill, told: tuple[Progress, Progress]) -> Run:
    """Read and decide; see `run`."""
    (data, tables), (as_of, effective_on, sets), (progress, expect) = given, days, told
    decider, cost = _backend(engine), COST.get(engine, SLOW)

    def watch(ready: Ready) -> Watch:
        spill.note("trail", record.footer(checked, ready.program))
        visits = VISITS + len(ready.program.stages) * cost
        return Watch(progress, lambda rows: expect(rows * visits))

    if isinstance(data, str | Path):
        source, file = load_data_file(Path(data))
        ready = compile_policy(checked, as_of or source.as_of, effective_on, sets)
        book = read_source(source, ready.program, spill, (file,), watch(ready))
    else:
        if as_of is None:
            raise UsageError(Finding("KR507", "a frame does not say its day", None, "give as_of=datetime.date(2026, 6, 30)"))
        ready = compile_policy(checked, as_of, effective_on, sets)
        names = [f.name for f in ready.program.fields]
        columns = {str(name): str(name) for name in data.columns if name in names or name in BUILT_IN}
        beside = {name: (table, read_frame(table, name)) for name, table in tables.items()}
        shown = {name: [str(column) for column in table.columns] for name, (table, _) in beside.items()}
        source = for_frame(columns, as_of, shown)
        typed = frame_tables(source, {name: raw for name, (_, raw) in beside.items()}, ready.program.minor, ready.program.tables)
        book = read_raw([read_frame(data, "frame")], source, ready.program, spill, typed, watch(ready))
    table, name = _decide(ready.program, book, engine, decider, spill, lambda rows: progress(rows * cost))
    run_ = Run(checked, ready, book, table, name, taken(table))
    return replace(run_, reconciled=reconciled(run_))


def _decide(program: Program, book: Book, name: str, engine: Backend, spill: Spill, progress: Progress) -> tuple[Parts, str]:
    """Decide by the engine asked for; a book whose amounts columns cannot carry is decided by the reference, and says so."""
    try:
        return decide(program, book.table, engine, spill, progress), name
    except UnsupportedError as error:
        if name != DEFAULT:
            raise
        reason = error.findings[0].message
    for table in ("ranked", "trail"):
        spill.drop(table)
    return decide(program, book.table, _backend("reference"), spill, progress), f"reference ({reason})"


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

    There are no other accounts, so neither capacity nor a share of the book bounds a seat.

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
    free = replace(checked, program=alone(checked.program))
    decided = run(free, frame, as_of=as_of or checked.start, sets=sets, engine=WITNESS, witness=False)
    broken = findings.value_findings(decided.book, decided.ready.program)
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
    run_ = decided(found, data)
    return checked(found, on or run_.ready.effective_on, run_, within)


def decided(policy: Policy, data: str | Path, *, controlled: bool = True, told: tuple[Progress, Progress] = (silent, silent)) -> Run:
    """Return the accounts of a data file, decided; no witness, and no ladder.

    Args:
        policy: a policy that has been checked.
        data: a data file.
        controlled: hold the accounts against its control totals first.
        told: called with the steps done since the last call, and with the further steps there are.

    Raises:
        DataError: every fault of the data file, or one for which nothing could be decided.
    """
    (source, file), spill, (progress, expect) = load_data_file(Path(data)), Spill(), told
    ready = compile_policy(policy, source.as_of)
    watch = Watch(progress, lambda rows: expect(rows * VISITS))
    book = read_source(source if controlled else replace(source, controls=None), ready.program, spill, (file,), watch)
    table, used = _decide(ready.program, book, DEFAULT, _backend(DEFAULT), spill, progress)
    return Run(policy, ready, book, table, used, taken(table))


def write(run: Run, out: str | Path, written: Mapping[str, str] | None = None, progress: Progress = silent) -> Path:
    """Write the run directory.

    Args:
        run: a run.
        out: the folder to make; it may not exist.
        written: what stands outside the hashed part of the manifest, such as the time.
        progress: called with the number of rows written since its last call.

    Raises:
        UsageError: the folder exists or cannot be written.
    """
    record.write(run, Path(out), dict(written or {}), progress)
    return Path(out)


def name_of(run: Run) -> str:
    """Return the name of a run: its year, its day, and a hash of its inputs."""
    return record.name_of(run)


def serious(run: Run) -> tuple[Finding, ...]:
    """Return what makes a run end with findings: refused rows, or nothing decided at all."""
    return findings.serious(run)


def refused(run: Run) -> tuple[Finding, ...]:
    """Return why teams of a reconciled run have no quota, escalation aside: faults of the ladder or of a spread."""
    return findings.refused(run)


def read(folder: str | Path, data: str | Path | None = None) -> Run:
    """Return the run that a folder holds.

    Args:
        folder: the folder.
        data: the data file of a run that keeps no data; by default where it lay when the run was made.

    Raises:
        UsageError: KR504 the folder is no complete run, KR513 the data are not there.
        IntegrityError: KR503 a file is not what it was when it was written, KR514 the data are not.
    """
    return restore.read(Path(folder), data=None if data is None else Path(data))


def reconcile(
    run: Run | str | Path,
    *,
    top_down: str | None = None,
    sets: Mapping[str, str] | None = None,
    decision: Decision | None = None,
) -> Run:
    """Return a run with its ladder climbed again, the decisions as they are; `write` keeps it as a run of its own.

    Args:
        run: a run, or the folder of one.
        top_down: another figure from above, in whole currency; several teams share it as they share the policy's.
        sets: assumptions to replace for the ladder alone, such as ``{"top_down_nrr": "110%"}``.
        decision: who decided to go on after an escalation, and why.

    Raises:
        UsageError: KR801 and KR806 to KR808, see the pages of these codes.
    """
    found = run if isinstance(run, Run) else read(run)
    return again(found, top_down, sets or {}, decision, "" if isinstance(run, Run) else sealed(Path(run)))


def mid_year(run: Run | str | Path, changes: str | Path) -> Hands:
    """Return what it comes to that accounts change hands within the year; the run itself is not altered.

    Args:
        run: a run, or the folder of one.
        changes: the file that holds `changes:`.

    Raises:
        DataError: every row at fault; then nothing changes.
    """
    return hands(run if isinstance(run, Run) else read(run), Path(changes))


def periods(run: Run | str | Path, season: str | Path | None = None) -> Quarters:
    """Return the quota of every rep and manager by quarter or month, as the policy lets it fall.

    Args:
        run: a run, or the folder of one.
        season: the file that holds `season:`, last year's revenue; for ``split: season`` alone.

    Raises:
        UsageError: KR467 the policy does not say how quota falls, or the season is missing or not asked for.
        DataError: the season is at fault.
    """
    return quarters(run if isinstance(run, Run) else read(run), None if season is None else Path(season))


def year_end(run: Run | str | Path, actuals: str | Path) -> Judged:
    """Return the year of a run, judged by what became of its accounts.

    Args:
        run: a run, or the folder of one.
        actuals: the file that holds `actuals:`.

    Raises:
        DataError: the actuals are at fault, or count something else than the base of the run.
    """
    return judge(run if isinstance(run, Run) else read(run), Path(actuals))


def explain(run: Run | str | Path, what: str) -> Trail:
    """Return the whole trail of an account, `kam-rules.trail/1`, or of a quota, `kam-rules.quota/1`.

    Args:
        run: a run, or the folder of one.
        what: an account's id, ``rep:ID`` for a rep's or manager's quota, or ``team:NAME``.

    Raises:
        UsageError: the account, rep or team is not in the run.
        DisagreementError: the record and the reference engine decide the account differently.
    """
    if isinstance(run, Run):
        found = run
    else:
        kind, _, _ = what.partition(":")
        found = restore.read(Path(run), None if kind in QUOTAS else what)
    kind, _, name = what.partition(":")
    if kind in QUOTAS and not _has(found, what):
        return tell_quota(found, kind, name)
    return tell(found, what)


def _has(run: Run, account_id: str) -> bool:
    return bool(run.book.table.lazy().select((pl.col("account_id") == account_id).any()).collect().item())


def decisions(run: Run) -> pd.DataFrame:
    """Return one row an account as a pandas frame; amounts and ratios are `decimal.Decimal`."""
    return to_pandas(pl.concat(tabulate.decisions(run, part) for part in run.table))


def init(folder: str | Path) -> tuple[Path, ...]:
    """Write a small policy project and return its files.

    Raises:
        UsageError: KR501 one of the files exists already, KR502 the folder cannot be written.
    """
    return start(Path(folder))


def write_schemas(folder: str | Path) -> tuple[Path, ...]:
    """Write the JSON schemas of policies, data files, trails and manifests, and return their paths."""
    return schemas.write(Path(folder))
