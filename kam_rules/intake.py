"""One function a verb for who delivers data: the Python API of what stands in them, before and while a policy decides."""

from __future__ import annotations

from pathlib import Path

from kam_rules import engine
from kam_rules.backends import Progress
from kam_rules.pipeline.check import check
from kam_rules.pipeline.contract import Contract
from kam_rules.pipeline.contract import contract as held
from kam_rules.pipeline.datafile import load_data_file
from kam_rules.pipeline.worklist import write_lists


def check_data(
    policy: str | Path, data: str | Path, *, progress: Progress = lambda _: None, expect: Progress = lambda _: None
) -> Contract:
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
