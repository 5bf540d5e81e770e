"""One function a verb for who delivers data: the Python API of what stands in them, before and while a policy decides."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

from kam_rules import engine
from kam_rules.model.book import Layout
from kam_rules.model.progress import Progress, silent
from kam_rules.pipeline.check import check
from kam_rules.pipeline.contract import Contract
from kam_rules.pipeline.contract import contract as held
from kam_rules.pipeline.datafile import load_data_file
from kam_rules.pipeline.propose import Match, data_file, propose
from kam_rules.pipeline.save import save
from kam_rules.pipeline.seen import Inspected, inspect
from kam_rules.pipeline.worklist import write_lists


def inspect_file(
    file: str | Path,
    layout: Layout = Layout(),  # noqa: B008 - frozen
    *,
    progress: Progress = silent,
    expect: Progress = silent,
) -> Inspected:
    """Return what stands in a file, before anything is decided by it.

    Args:
        file: a CSV, a workbook or a Parquet file.
        layout: what is known of how it lies; the rest is found.
        progress: called with the number of rows read since its last call.
        expect: called with the number of further rows there are.

    Raises:
        DataError: KR401 to KR410 it cannot be read.
    """
    return inspect(Path(file), layout, progress, expect)


def propose_mapping(found: Inspected, policy: str | Path) -> tuple[Match, ...]:
    """Return the column that is proposed for every field of a policy, how sure that is, and why.

    Raises:
        PolicyError: the policy is at fault.
    """
    return propose(found, check(Path(policy)))


def write_proposal(
    found: Inspected, matches: Iterable[Match], policy: str | Path, file: Path, out: Path, day: dt.date | None, layout: Layout
) -> None:
    """Write the data file that is proposed for a policy.

    Raises:
        UsageError: KR501 the file exists already, KR502 it cannot be written.
    """
    told = {"encoding": layout.encoding, "separator": layout.separator, "header": str(layout.header or ""), "sheet": layout.sheet}
    path = os.path.relpath(file, out.parent)
    said = {key: value for key, value in told.items() if value}
    save(out, data_file(found, matches, check(Path(policy)), path, str(day or ""), said))


def check_data(policy: str | Path, data: str | Path, *, progress: Progress = silent, expect: Progress = silent) -> Contract:
    """Return data held against the contract of a policy: every failure, and the answers that are missing.

    Args:
        policy: a policy file.
        data: a data file.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.

    Raises:
        PolicyError: the policy is at fault.
        DataError: the data cannot be read at all.
    """
    controls = load_data_file(Path(data))[0].controls
    run = engine.decided(check(Path(policy)), Path(data), controlled=False, told=(progress, expect))
    expect(run.table.height)
    return held(run, controls, progress)


def write_work_list(found: Contract, out: str | Path) -> tuple[Path, ...]:
    """Write the missing answers into a new folder, one CSV for each owner; return the files.

    Raises:
        UsageError: KR501 the folder exists already, KR502 it cannot be written.
    """
    return write_lists(found.answers, Path(out), found.run.ready.program.minor)
