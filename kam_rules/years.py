"""One function a verb for what time brings: the Python API of what a new policy changes, of its series, and of the year of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from kam_rules import engine, proof
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.policy import Policy
from kam_rules.model.progress import Progress, silent
from kam_rules.model.review import Agenda
from kam_rules.model.run import Run
from kam_rules.model.trial import Tested
from kam_rules.pipeline import remember
from kam_rules.pipeline.check import check
from kam_rules.pipeline.datafile import load_data_file
from kam_rules.pipeline.diff import Diff
from kam_rules.pipeline.diff import diff as compared
from kam_rules.pipeline.hands import Hands, hands
from kam_rules.pipeline.impact import TOP, Impact
from kam_rules.pipeline.impact import impact as changed
from kam_rules.pipeline.impact.accounts import Corners
from kam_rules.pipeline.judge import Judged, judge
from kam_rules.pipeline.quarters import Quarters, quarters
from kam_rules.pipeline.review import TOP as MEETING
from kam_rules.pipeline.review import review as agenda_of
from kam_rules.pipeline.save import save
from kam_rules.pipeline.series import Series
from kam_rules.pipeline.series import series as series_of
from kam_rules.pipeline.standing import Known, signed_contents, standing
from kam_rules.pipeline.trials import read
from kam_rules.pipeline.trials import run as trials


def series(folder: str | Path, ledger: str | Path | None = None, roster: str | Path | None = None) -> tuple[Series, dict[str, str]]:
    """Return the policies of a folder with what is wrong with them as a series, and by file the status of each.

    Args:
        folder: a folder of policies.
        ledger: the ledger that holds their signatures; without one nothing is known of any.
        roster: whose signatures count; see `kam_rules.proof.known`.

    Raises:
        UsageError: KR354 the folder holds no policy; KR880, KR881.
        IntegrityError: KR883 to KR885.
    """
    told: Known | None = None if ledger is None else proof.known(ledger, roster)
    if told is None:
        return series_of(Path(folder)), {}
    known = told
    found = series_of(Path(folder), lambda policy, year: signed_contents(known, policy, year))
    return found, {policy.sources[0].path: standing(policy, known).status for policy in found.policies}


def diff(old: str | Path, new: str | Path, *, progress: Progress = silent, expect: Progress = silent) -> Diff:
    """Return what one policy means otherwise than another, each change with an account that shows it or a proof.

    Args:
        old: the policy before.
        new: the policy to come.
        progress: called with the number of changes settled since its last call.
        expect: called with their number.

    Raises:
        PolicyError: a policy is at fault.
    """
    return compared(check(Path(old)), check(Path(new)), progress, expect)


def impact(
    old: str | Path,
    new: str | Path,
    data: str | Path,
    *,
    data_old: str | Path | None = None,
    sets: Mapping[str, str] | None = None,
    top: int = TOP,
    progress: Progress = silent,
    expect: Progress = silent,
) -> tuple[Tested | None, Impact]:
    """Return how the new policy's tests come out, if there are any, and what it changes against the old one.

    Each policy decides for the day of the data, or for the nearest day on which it is in force.

    Args:
        old: the policy before.
        new: the policy to come.
        data: the data file to decide.
        data_old: the data file that the old policy decided; then what moves an account is told apart, policy or data.
        sets: assumptions of the new policy to replace.
        top: of how many movers to tell the rules.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are; below 0 where there are fewer than thought.

    Raises:
        PolicyError: a policy is at fault.
        DataError: the data cannot be read by one of the policies.
        UsageError: KR560 the policies count in different currencies.
    """
    before, after = check(Path(old)), check(Path(new))
    if before.program.currency != after.program.currency:
        message = f"{before.fiscal_year} counts in {before.program.currency}, {after.fiscal_year} in {after.program.currency}"
        raise UsageError(Finding("KR560", message, None, "compare policies of one currency; what moved would be the rate"))
    tested = _tested(after, Path(new), progress, expect)

    def decided(policy: Policy, path: str | Path, tried: Mapping[str, str]) -> Run:
        as_of = load_data_file(Path(path))[0].as_of
        day = min(max(as_of, policy.start), policy.end)
        return engine.run(policy, path, effective_on=day, sets=tried, witness=False, progress=progress, expect=expect)

    ends = decided(before, data, {}), decided(after, data, sets or {})
    starts = ends if data_old is None else (decided(before, data_old, {}), decided(after, data_old, sets or {}))
    return tested, changed(Corners(starts[0], ends[0], starts[1], ends[1]), top)


def _tested(policy: Policy, path: Path, progress: Progress, expect: Progress) -> Tested | None:
    """Return how the tests beside a policy come out; None where there are none."""
    try:
        files = read.beside(path)
    except UsageError:
        return None
    return trials.run(policy, files, progress, expect)


def history(run: Run | str | Path, path: str | Path) -> int:
    """Add what a run decided, or a review wrote down, to a history file; return how many rows were added or filled in.

    Args:
        run: a run, the folder of one, or a review record that has been filled in.
        path: the history, a CSV file that later data files name under `history`; made where there is none.

    Raises:
        UsageError: KR572 a file is no history.
        DataError: KR473 it holds another decision of the same account and day; nothing is added.
    """
    if not isinstance(run, Run) and Path(run).is_file():
        return remember.remember(remember.read(Path(run)), Path(path))
    found = engine.opened(run)
    return remember.remember(remember.rows_of(found).iter_rows(named=True), Path(path))


def review(
    policy: str | Path | Policy,
    data: str | Path,
    *,
    top: int = MEETING,
    effective_on: dt.date | None = None,
    progress: Progress = silent,
    expect: Progress = silent,
) -> tuple[Run, Agenda]:
    """Decide a book and return the run with the agenda of its review.

    Args:
        policy: a policy file, or one that has been checked.
        data: a data file.
        top: how many items a meeting can take.
        effective_on: the day to decide for; by default that of the data, or the policy's first day.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.

    Raises:
        PolicyError: the policy is at fault.
        DataError: the data cannot be read, or its history or quarters contradict themselves.
    """
    run = engine.run(policy, data, effective_on=effective_on, progress=progress, expect=expect)
    return run, agenda_of(run, top)


def review_record(run: Run, agenda: Agenda, path: str | Path) -> Path:
    """Write the rows of the accounts on an agenda as a record to fill in; it goes back with `history`.

    Raises:
        UsageError: KR501 the file exists already, KR502 it cannot be written.
    """
    wanted = [item.account_id for item in agenda.items]
    rows = remember.rows_of(run).filter(pl.col("account_id").is_in(wanted))
    save(Path(path), remember.written(rows.iter_rows(named=True)))
    return Path(path)


def mid_year(run: Run | str | Path, changes: str | Path) -> Hands:
    """Return what it comes to that accounts change hands within the year; the run itself is not altered.

    Args:
        run: a run, or the folder of one.
        changes: the file that holds `changes:`.

    Raises:
        DataError: every row at fault; then nothing changes.
    """
    return hands(engine.opened(run), Path(changes))


def periods(run: Run | str | Path, season: str | Path | None = None) -> Quarters:
    """Return the quota of every rep and manager by quarter or month, as the policy lets it fall.

    Args:
        run: a run, or the folder of one.
        season: the file that holds `season:`, last year's revenue; for ``split: season`` alone.

    Raises:
        UsageError: KR467 the policy does not say how quota falls, or the season is missing or not asked for.
        DataError: the season is at fault.
    """
    return quarters(engine.opened(run), None if season is None else Path(season))


def year_end(run: Run | str | Path, actuals: str | Path) -> Judged:
    """Return the year of a run, judged by what became of its accounts.

    Args:
        run: a run, or the folder of one.
        actuals: the file that holds `actuals:`.

    Raises:
        DataError: the actuals are at fault, or count something else than the base of the run.
    """
    return judge(engine.opened(run), Path(actuals))
