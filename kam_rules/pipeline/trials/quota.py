"""Climb the ladder with the few accounts of a test: one team, in which everyone who owns one of them is a rep.

Accounts are decided by the reference engine without rivals, as in every test; from there on it is the ladder of a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import polars as pl

from kam_rules.backends import backend
from kam_rules.model.errors import Finding
from kam_rules.model.ladder import Reconciliation
from kam_rules.model.outcome import Stored
from kam_rules.model.policy import Policy, Ready
from kam_rules.model.quota import Look, Quota, Reconciled
from kam_rules.model.run import Run
from kam_rules.model.trial import Answer, Trial
from kam_rules.pipeline.datafile import for_frame
from kam_rules.pipeline.decide import decide
from kam_rules.pipeline.read import read_raw
from kam_rules.pipeline.reconcile import reconciled
from kam_rules.pipeline.seat import alone
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.tables import frame_tables
from kam_rules.sources._frame import read as read_frame

REP, MANAGER, ACCOUNT = "rep", "manager", "account"
FIGURES = ("committed", "supplement", "hold_back", "total")
Rows = Sequence[dict[str, Stored]]


def key(holder: str, figure: str) -> str:
    """Return the name of a figure of a line as findings tell it."""
    return f"quota.{holder}.{figure}"


def accounts(trial: Trial) -> tuple[dict[str, str], ...]:
    """Return the values of the test's accounts, its own first; one without id or owner is given one."""
    found = [dict(trial.given), *map(dict, trial.beside)]
    return tuple({"account_id": f"{ACCOUNT} {i}", "owner": REP} | {k: v for k, v in one.items() if v} for i, one in enumerate(found, 1))


def answers(policy: Policy, ready: Ready, trial: Trial) -> tuple[dict[str, Answer], tuple[Finding, ...]]:
    """Return the rung and the lines of quota that the test's accounts come to, and what is wrong where there are none.

    Args:
        policy: the policy, which has a reconciliation.
        ready: its program for the day of the test.
        trial: a test that expects a quota or a rung, and whose values the contract accepts.
    """
    found = reconciled(_run(policy, _ready(ready, trial), trial))
    assert found is not None, "the policy has a ladder and the test has reps"
    team = found.teams[0]
    faults = tuple(Finding(f.code, f"{trial.name}: {f.message}", trial.where, f.fix) for f in team.faults)
    return dict(_lines(found, 10**ready.program.minor)) | {"rung": team.rung.id}, faults


def _lines(found: Reconciled, minor: int) -> Iterator[tuple[str, Answer]]:
    lines = [line for line in found.quotas if line.accounts or line.role == MANAGER]
    yield "quota", tuple(line.holder.id for line in lines)
    for line in lines:
        for figure in FIGURES:
            yield key(line.holder.id, figure), _figure(line, figure, minor)


def _figure(line: Quota, figure: str, minor: int) -> Fraction | None:
    amount: int | None = getattr(line, figure)
    return None if amount is None else Fraction(amount, minor)


def _ready(ready: Ready, trial: Trial) -> Ready:
    """Return the program with nobody's seat bounded, and a ladder that knows the people of the test alone."""
    policy = ready.program.reconciliation
    assert policy is not None, "the reader of tests asks for it"
    return replace(ready, program=replace(alone(ready.program), reconciliation=_ladder(policy, trial)))


def _ladder(policy: Reconciliation, trial: Trial) -> Reconciliation:
    """Return the ladder without parts locked for others; a figure from above in the test stands for those of all teams."""
    owners = {one["owner"] for one in accounts(trial)}
    ladder = tuple(replace(rung, locked=tuple(part for part in rung.locked if part[0] in owners)) for rung in policy.ladder)
    asked = policy.top_down if trial.top_down is None else replace(policy.top_down, nrr=None, amounts=())
    return replace(policy, ladder=ladder, top_down=asked, most_change=None)


def _run(policy: Policy, ready: Ready, trial: Trial) -> Run:
    """Decide the accounts of the test as one book."""
    given = accounts(trial)
    names = list(dict.fromkeys(name for one in given for name in one))
    table = pl.DataFrame({name: [one.get(name, "") for one in given] for name in names})
    owners = sorted({one["owner"] for one in given})
    reps = pl.DataFrame({"rep_id": [MANAGER, *owners], "manager": ["", *[MANAGER] * len(owners)], "team": [trial.name] * (len(owners) + 1)})
    source = for_frame({name: name for name in names}, trial.as_of, {"reps": reps.columns})
    beside = frame_tables(source, {"reps": read_frame(reps, "reps")}, ready.program.minor)
    spill = Spill()
    book = read_raw([read_frame(table, "tests")], source, ready.program, spill, beside)
    top_down = None if trial.top_down is None else int(trial.top_down * 10**ready.program.minor)
    decided = decide(ready.program, book.table, backend("reference"), spill)
    return Run(policy, ready, book, decided, "reference", {}, look=Look(top_down))
