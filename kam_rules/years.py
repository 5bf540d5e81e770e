"""Policies and accounts over the years, one function a verb: the Python API beside `kam_rules.engine`."""

from __future__ import annotations

from pathlib import Path

from kam_rules import engine
from kam_rules.model.run import Run
from kam_rules.pipeline.remember import remember


def history(run: Run | str | Path, path: str | Path) -> int:
    """Add what a run decided to a history file, one row an account; return how many rows were added.

    Args:
        run: a run, or the folder of one.
        path: the history, a CSV file that later data files name under `history`; made where there is none.

    Raises:
        UsageError: KR572 the file is no history.
        DataError: KR473 it holds another decision of the same account and day; nothing is added.
    """
    return remember(run if isinstance(run, Run) else engine.read(run), Path(path))
