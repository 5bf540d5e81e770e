"""One function a verb for the programme around the rules: the Python API of what came of a policy, and for whom it works."""

from __future__ import annotations

from pathlib import Path

from kam_rules import engine
from kam_rules.backends import Progress
from kam_rules.model.policy import Policy
from kam_rules.model.run import Run
from kam_rules.pipeline.backtest import Backtest
from kam_rules.pipeline.backtest import backtest as held


def backtest(
    policy: str | Path | Policy,
    data: str | Path,
    actuals: str | Path,
    *,
    progress: Progress = lambda _: None,
    expect: Progress = lambda _: None,
) -> tuple[Run, Backtest]:
    """Decide a past year by a policy, and hold what it says against what became of the accounts.

    Args:
        policy: a policy file, or one that has been checked.
        data: the data file as it was known when that year began.
        actuals: the file that holds `actuals:`.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.

    Raises:
        PolicyError: the policy is at fault.
        DataError: the data or the actuals are at fault.
    """
    run = engine.run(policy, data, progress=progress, expect=expect)
    return run, held(run, Path(actuals))
