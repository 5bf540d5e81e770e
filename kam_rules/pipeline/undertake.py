"""Read a book and decide it, by the engine asked for, telling how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from kam_rules.backends import Backend, backend, backends
from kam_rules.model.book import Book
from kam_rules.model.errors import Finding, UnsupportedError, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.parts import Parts
from kam_rules.model.policy import Policy, Ready
from kam_rules.model.program import Program
from kam_rules.model.progress import Progress
from kam_rules.model.run import Run
from kam_rules.model.types import BUILT_IN
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.datafile import for_frame, load_data_file
from kam_rules.pipeline.decide import decide, taken
from kam_rules.pipeline.read import Watch, read_raw, read_source
from kam_rules.pipeline.reconcile import reconciled
from kam_rules.pipeline.record import footer
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.tables import frame_tables
from kam_rules.sources._frame import Frame
from kam_rules.sources._frame import read as read_frame

DEFAULT = "columnar"
"""The engine that decides where none is named."""
COST, SLOW = {"columnar": 1}, 1000
"""Steps that a row takes in an engine, so that what is left of a run can be estimated: columns against one by one."""
VISITS = 3
"""Steps that a row takes beside the engines: read, typed, written."""

Given = tuple["str | Path | Frame", "Mapping[str, Frame]"]
"""A data file, or a frame of accounts with the frames beside it."""
Days = tuple[dt.date | None, dt.date | None, Mapping[str, str] | None]
"""The day of the data, the day to decide for, and assumptions that are replaced."""
Begun = Callable[[Ready], Watch]
"""Told which program will decide; gives who is told how reading goes."""


def undertake(policy: Policy, given: Given, days: Days, engine: str, spill: Spill, told: tuple[Progress, Progress]) -> Run:
    """Return a book read and decided, with its ladder climbed; no witness has looked at it.

    Raises:
        UsageError: KR506 there is no such engine, KR507 a frame does not say its day.
        DataError: the data cannot be read at all.
    """
    decider, cost, (progress, expect) = engine_of(engine), COST.get(engine, SLOW), told

    def begun(ready: Ready) -> Watch:
        spill.note("trail", footer(policy, ready.program))
        visits = VISITS + len(ready.program.stages) * cost
        return Watch(progress, lambda rows: expect(rows * visits))

    if isinstance(given[0], str | Path):
        ready, book = _file(policy, given[0], days, spill, begun)
    else:
        ready, book = _frame(policy, given, days, spill, begun)
    table, name = decided_by(ready.program, book, engine, decider, spill, lambda rows: progress(rows * cost))
    run = Run(policy, ready, book, table, name, taken(table))
    return replace(run, reconciled=reconciled(run))


def _file(policy: Policy, data: str | Path, days: Days, spill: Spill, begun: Begun) -> tuple[Ready, Book]:
    as_of, effective_on, sets = days
    source, file = load_data_file(Path(data))
    ready = compile_policy(policy, as_of or source.as_of, effective_on, sets)
    return ready, read_source(source, ready.program, spill, (file,), begun(ready))


def _frame(policy: Policy, given: Given, days: Days, spill: Spill, begun: Begun) -> tuple[Ready, Book]:
    (data, tables), (as_of, effective_on, sets) = given, days
    assert not isinstance(data, str | Path)
    if as_of is None:
        raise no_day()
    ready = compile_policy(policy, as_of, effective_on, sets)
    names = [f.name for f in ready.program.fields]
    columns = {str(name): str(name) for name in data.columns if name in names or name in BUILT_IN}
    beside = {name: (table, read_frame(table, name)) for name, table in tables.items()}
    shown = {name: [str(column) for column in table.columns] for name, (table, _) in beside.items()}
    source = for_frame(columns, as_of, shown)
    typed = frame_tables(source, {name: raw for name, (_, raw) in beside.items()}, ready.program.minor, ready.program.tables)
    return ready, read_raw([read_frame(data, "frame")], source, ready.program, spill, typed, begun(ready))


def no_day() -> UsageError:
    """Return KR507: a frame does not say its day."""
    return UsageError(Finding("KR507", "a frame does not say its day", None, "give as_of=datetime.date(2026, 6, 30)"))


def decided_by(program: Program, book: Book, name: str, engine: Backend, spill: Spill, progress: Progress) -> tuple[Parts, str]:
    """Return what an engine decides, and its name; what columns cannot carry the reference decides, and says so.

    Raises:
        UnsupportedError: an engine that was asked for by name cannot carry the amounts.
    """
    try:
        return decide(program, book.table, engine, spill, progress), name
    except UnsupportedError as error:
        if name != DEFAULT:
            raise
        reason = error.findings[0].message
    for table in ("ranked", "trail"):
        spill.drop(table)
    return decide(program, book.table, engine_of("reference"), spill, progress), f"reference ({reason})"


def engine_of(name: str) -> Backend:
    """Return the engine of that name.

    Raises:
        UsageError: KR506 there is none.
    """
    if name not in backends():
        raise UsageError(Finding("KR506", f"there is no engine '{name}'", None, did_you_mean(name, backends())))
    return backend(name)
