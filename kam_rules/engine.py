"""One function a verb: the Python API that the command line, pages and notebooks share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kam_rules.backends import Backend, Progress, backend, backends
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Policy
from kam_rules.model.run import Run
from kam_rules.model.types import BUILT_IN
from kam_rules.pipeline.check import check
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.datafile import for_frame, load_data_file
from kam_rules.pipeline.decide import decide
from kam_rules.pipeline.read import read_raw, read_source
from kam_rules.sources._frame import read as read_frame

if TYPE_CHECKING:
    import pandas as pd


def run(
    policy: str | Path | Policy,
    data: str | Path | pd.DataFrame,
    *,
    as_of: dt.date | None = None,
    effective_on: dt.date | None = None,
    sets: Mapping[str, str] | None = None,
    engine: str = "reference",
    progress: Progress = lambda _: None,
) -> Run:
    """Decide for every account of `data` by `policy`.

    Args:
        policy: a policy file, or one that has been checked.
        data: a data file, or a frame with a column for each field, named as the policy names it.
        as_of: the day of the data; a frame needs it, a data file says it.
        effective_on: the day to decide for; by default the day of the data, or the policy's first day if that is later.
        sets: assumptions to replace, such as ``{"inflation": "3%"}``.
        engine: the engine that decides.
        progress: called with the number of rows decided since its last call.

    Raises:
        PolicyError: the policy is at fault, or not in force on that day.
        DataError: the data cannot be read at all.
        UsageError: an assumption or an engine is not known.
    """
    checked = policy if isinstance(policy, Policy) else check(Path(policy))
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
    table = decide(ready.program, book.table, _backend(engine), progress)
    return Run(checked, ready, book, table, engine)


def _backend(name: str) -> Backend:
    if name not in backends():
        raise UsageError(Finding("KR506", f"there is no engine '{name}'", None, did_you_mean(name, backends())))
    return backend(name)
