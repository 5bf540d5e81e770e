"""A run asked: does it hold, does a second hand decide alike, what would turn it, what may a rep read of it. One function a verb."""

from __future__ import annotations

import json
from pathlib import Path

from kam_rules.engine import explain, opened
from kam_rules.evidence.pack import sealed
from kam_rules.model.progress import Progress, silent
from kam_rules.model.run import Run
from kam_rules.pipeline.audit import Drawn, draw
from kam_rules.pipeline.explain import Trail
from kam_rules.pipeline.own import allowed, cut
from kam_rules.pipeline.replay import replay
from kam_rules.pipeline.restore import read
from kam_rules.pipeline.save import save
from kam_rules.pipeline.search import Turn
from kam_rules.pipeline.sheets.audit import audit_workbook
from kam_rules.pipeline.told_program import PROGRAM, packed, values_text
from kam_rules.pipeline.turn import turns as turning
from kam_rules.pipeline.verify import Verified
from kam_rules.pipeline.verify import verify as look_through


def verify(
    run: str | Path,
    *,
    every: bool = False,
    values: str | Path | None = None,
    data: str | Path | None = None,
    progress: Progress = silent,
    expect: Progress = silent,
) -> Verified:
    """Return a run looked through: its files, its parts among themselves, and every account decided again.

    Args:
        run: the folder of a run.
        every: let the witness decide every account, not the run's own sample.
        values: a file to write the values into as rederive.py reads them.
        data: the data file of a run that keeps no data; by default where it lay when the run was made.
        progress: called with the number of accounts decided since its last call.
        expect: called with the number of accounts there are to decide.

    Raises:
        UsageError: KR504 the folder is no complete run, KR513 the data are not there, KR501 or KR502 the file of values
            cannot be written.
        IntegrityError: KR503 a file is not what it was, or the manifest is of another version; KR514 the data are not.
    """
    folder = Path(run)
    found = read(folder, data=None if data is None else Path(data))
    expect(found.table.height * len(found.ready.program.stages))
    if values is not None:
        save(Path(values), packed(values_text(found)))
    return look_through(found, folder, every=every, progress=progress)


def audit(folder: str | Path, out: str | Path, *, n: int, seed: int, by: str = "tier", data: str | Path | None = None) -> Drawn:
    """Draw accounts of a run, write a workbook whose formulas decide them again, and return what was drawn.

    Args:
        folder: the folder of a run.
        out: the workbook to make.
        n: how many accounts, at most 10,000: each is a column of a sheet.
        seed: another seed draws others.
        by: the strata: tier, state, owner or none.
        data: the data file of a run that keeps no data; by default where it lay when the run was made.

    Raises:
        UsageError: KR504 the folder is no complete run, KR581 no such sample can be drawn, KR501 the workbook is there
            already, KR502 it cannot be written.
        IntegrityError: KR503 a file of the run is not what it was.
    """
    run = read(Path(folder), data=None if data is None else Path(data))
    drawn = draw(run, n, seed, by)
    program = json.loads((Path(folder) / PROGRAM).read_text(encoding="utf-8"))
    save(Path(out), audit_workbook(run, program, sealed(Path(folder)), drawn))
    return drawn


def turns(
    run: Run | str | Path,
    account_id: str,
    outcome: str | None = None,
    progress: Progress = silent,
    expect: Progress = silent,
) -> tuple[Run, tuple[Turn, ...]]:
    """Return a run, and for each field of one account the smallest change that turns its decision, or that there is none.

    Args:
        run: a run, or the folder of one.
        account_id: the account.
        outcome: the tier or state to come to; by default anything else than now.
        progress: called with the number of fields done since its last call.
        expect: called with the number of fields there are.

    Raises:
        UsageError: KR505 the account is not in the run, KR580 there is no such tier or state.
        DisagreementError: KR509 an engine decides otherwise than the search.
    """
    found = opened(run)
    return found, turning(replay(found, account_id), outcome, progress, expect)


def explain_for(run: Run | str | Path, what: str, rep: str) -> Trail:
    """Return the trail of an own account or the own quota, as the rep may see it; all others are counted in bands.

    Args:
        run: a run, or the folder of one.
        what: an account's id, or ``rep:ID`` of the same rep.
        rep: the id of the rep who reads.

    Raises:
        UsageError: KR591 the run has no such rep, KR592 the account or quota is not the rep's own.
        DisagreementError: the record and the reference engine decide the account differently.
    """
    found = opened(run)
    allowed(found, what, rep)
    return cut(found, explain(found, what), rep)
