"""One function a verb: the Python API that the command line, pages and notebooks share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kam_rules.evidence.pack import sealed
from kam_rules.model.errors import DataError, Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Policy
from kam_rules.model.progress import Progress, silent
from kam_rules.model.quota import Decision
from kam_rules.model.run import Checked, Run
from kam_rules.model.types import BUILT_IN
from kam_rules.model.weight import NEAR
from kam_rules.pipeline import findings, record, restore, tabulate
from kam_rules.pipeline.again import again
from kam_rules.pipeline.check import check as check_policy
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.datafile import load_data_file
from kam_rules.pipeline.decide import taken
from kam_rules.pipeline.explain import Trail
from kam_rules.pipeline.explain import explain as tell
from kam_rules.pipeline.explain_quota import QUOTAS
from kam_rules.pipeline.explain_quota import explain as tell_quota
from kam_rules.pipeline.read import Watch, read_source
from kam_rules.pipeline.seat import alone
from kam_rules.pipeline.series import chosen
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.undertake import DEFAULT, SLOW, VISITS, decided_by, engine_of, no_day, undertake
from kam_rules.pipeline.witness import WITNESS
from kam_rules.pipeline.witness import witness as witnessed
from kam_rules.sources._frame import Frame, to_pandas

if TYPE_CHECKING:
    import pandas as pd


def run(  # noqa: PLR0913 - each is an option that a caller knows by name
    policy: str | Path | Policy,
    data: str | Path | Frame,
    *,
    as_of: dt.date | None = None,
    effective_on: dt.date | None = None,
    sets: Mapping[str, str] | None = None,
    engine: str = DEFAULT,
    witness: bool = True,
    tables: Mapping[str, Frame] | None = None,
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
        decided = undertake(checked, (data, tables or {}), (as_of, effective_on, sets), engine, spill, (progress, expect))
        if witness:
            told = witnessed(decided, lambda rows: progress(rows * SLOW), lambda rows: expect(rows * SLOW))
            decided = replace(decided, witness=told)
    except BaseException:
        spill.close()
        raise
    return decided


def _policy(policy: str | Path | Policy, data: object, day: dt.date | None) -> Policy:
    """Return a checked policy; of a folder the one that is in force on the day, by default that of the data."""
    if isinstance(policy, Policy) or not Path(policy).is_dir():
        return policy if isinstance(policy, Policy) else check_policy(Path(policy))
    if day is None and isinstance(data, str | Path):
        day = load_data_file(Path(data))[0].as_of
    if day is None:
        raise no_day()
    return chosen(Path(policy), day)


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
    table, used = decided_by(ready.program, book, DEFAULT, engine_of(DEFAULT), spill, progress)
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


def unassigned(run: Run) -> tuple[Finding, ...]:
    """Return why teams of a reconciled run have no quota, escalation aside: faults of the ladder or of a spread."""
    return findings.unassigned(run)


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


def opened(run: Run | str | Path) -> Run:
    """Return a run, read from its folder where that is named; see `read`."""
    return run if isinstance(run, Run) else read(run)


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
    return again(opened(run), top_down, sets or {}, decision, "" if isinstance(run, Run) else sealed(Path(run)))


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
