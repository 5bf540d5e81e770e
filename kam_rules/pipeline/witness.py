"""The independent witness: another engine decides accounts of a run again, and every answer must be the same.

The witness is durable-rules; of a run that durable-rules decided it is the reference engine, for none bears witness for
itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from kam_rules.backends import backend, decide_any
from kam_rules.model.errors import DisagreementError, Finding
from kam_rules.model.outcome import Layout, Verdict
from kam_rules.model.program import Derive, Hit, RuleList, Stage
from kam_rules.model.progress import Progress, silent
from kam_rules.model.run import Run, Witnessed
from kam_rules.model.tree import Compare, Const, Node, Or, surely, type_of, walk
from kam_rules.model.types import Type
from kam_rules.pipeline import codes
from kam_rules.pipeline.decide import inputs

ALL_UP_TO = 1000
SAMPLE = 500
EDGES = 500
LOOKED = 4
"""Parts of a large book in which accounts on an edge are looked for."""
TOLD = 5
"""Accounts that a disagreement names."""
WITNESS = "durable"


def witness(run: Run, progress: Progress = silent, expect: Progress = silent) -> Witnessed:
    """Let the witness decide accounts of the run again.

    Up to 1,000 accounts are all asked. Of more: 500 spread evenly over the book, up to 500 of those on an edge of some
    rule (of a book in many parts: in four of them, spread evenly), and every one with a target agreed for it alone.

    Raises:
        DisagreementError: KR509 an answer differs; account, list and both answers are named.
    """
    rows, found = chosen(run)
    expect(len(run.ready.program.stages) * len(rows))
    compare(run, run.book.table.rows(rows), run.table.rows(rows), found.engine, progress)
    return found


def chosen(run: Run) -> tuple[list[int], Witnessed]:
    """Return the rows that the witness is asked for, and how they were chosen; see `witness`."""
    height, name = run.table.height, witness_of(run)
    if height <= ALL_UP_TO:
        return list(range(height)), Witnessed(name, height, height, 0, 0)
    sample, edges, own = [i * height // SAMPLE for i in range(SAMPLE)], _on_edge(run), _own(run)
    rows = sorted({*sample, *edges, *own})
    return rows, Witnessed(name, len(rows), len(sample), len(edges), len(own))


def witness_of(run: Run) -> str:
    """Return the engine that bears witness for a run: never the one that decided it."""
    return "reference" if run.engine == WITNESS else WITNESS


def compare(run: Run, accounts: pl.DataFrame, record: pl.DataFrame, name: str, progress: Progress = silent) -> None:
    """Let an engine decide some rows of a run again, and hold every column of its answer against the record.

    Raises:
        DisagreementError: KR509 an answer differs.
    """
    told = next(differing(run, accounts, record, name, TOLD, progress), None)
    if told is not None:
        raise DisagreementError([_said_so(run, name, *one) for one in told])


def differing(
    run: Run, accounts: pl.DataFrame, record: pl.DataFrame, name: str, most: int, progress: Progress = silent
) -> Iterator[list[tuple[str, str, str, str]]]:
    """Let an engine decide some rows of a run again, and return for each column that differs what `differences` tells.

    Args:
        run: the run.
        accounts: the values of those rows.
        record: what the run holds of them.
        name: the engine.
        most: how many accounts of a column are told.
        progress: called with the number of accounts decided since its last call.
    """
    for stage in run.ready.program.stages:
        answer = backend(name).decide(stage, inputs(stage, accounts, record), progress)
        for column in answer.columns:
            differs = answer[column].ne_missing(record[column])
            if differs.any():
                rows = record.filter(differs).head(most), answer.filter(differs).head(most)
                yield list(differences(stage, *rows, column))


def _said_so(run: Run, witness_: str, account_id: str, name: str, recorded: str, answered: str) -> Finding:
    message = f"{account_id}: '{name}' is {recorded} by {run.engine}, {answered} by {witness_}"
    return Finding("KR509", message, None, "nothing of this run can be relied on; please report it with the policy")


def differences(stage: Stage, record: pl.DataFrame, answer: pl.DataFrame, column: str) -> Iterator[tuple[str, str, str, str]]:
    """Return each account on which two tables differ in a column, the list or figure, and both answers."""
    for recorded, answered in zip(record.iter_rows(named=True), answer.iter_rows(named=True), strict=True):
        for name, one, other in unlike(stage, recorded, answered, column):
            yield str(recorded["account_id"]), name, one, other


def unlike(stage: Stage, record: Mapping[str, Any], answer: Mapping[str, Any], column: str) -> Iterator[tuple[str, str, str]]:
    """Return the lists of a word, or the figure, in which two rows differ."""
    layout = Layout(stage)
    if column not in layout.words:
        yield column, str(record[column]), str(answer[column])
    for found in stage.lists if column in layout.words else ():
        said = [_said(found, layout.verdict(row, found.id)) for row in ({**answer, **record}, answer)]
        if said[0] != said[1]:
            yield found.id, said[0], said[1]


def _said(found: RuleList, verdict: Verdict) -> str:
    """Say the outcome of a list by the names of its rules."""
    true, unknown = ([rule.id for i, rule in enumerate(found.rules) if mask >> i & 1] for mask in (verdict.true, verdict.unknown))
    decided = "undecided" if verdict.rule is None else f"rule '{found.rules[verdict.rule].id}'"
    told = f"true for {', '.join(true) or 'none'}" if found.hit is Hit.COLLECT else decided
    return f"{told} (unknown: {', '.join(unknown)})" if unknown else told


def _own(run: Run) -> list[int]:
    rules = run.ready.program.list("targets").rules
    number = next((i for i, rule in enumerate(rules) if rule.id == "own"), None)
    if number is None:
        return []
    decided = codes.rule(Layout(*run.ready.program.stages), "targets") == number
    return run.table.lazy().with_row_index("i").filter(decided).select("i").collect()["i"].to_list()


def _on_edge(run: Run) -> list[int]:
    """Return up to 500 accounts of which some value equals the literal that a rule compares it with."""
    count, start, found = len(run.table.items), 0, list[int]()
    looked = sorted({i * count // min(count, LOOKED) for i in range(min(count, LOOKED))})
    tests = [test for stage in run.ready.program.stages if (test := _edge_stage(stage)) is not None]
    for number, size in enumerate(run.table.sizes):
        if number in looked:
            rows = _edges(run, tests, number)
            few = EDGES // len(looked)
            found += [start + row for row in (rows if len(rows) <= few else [rows[i * len(rows) // few] for i in range(few)])]
        start += size
    return found


def _edges(run: Run, tests: list[Stage], number: int) -> list[int]:
    (accounts,), (record,) = run.book.table.part(number), run.table.part(number)
    hit = pl.Series([False]).new_from_index(0, record.height)
    for test in tests:
        hit |= decide_any(test, inputs(test, accounts, record))["on an edge"]
    return hit.arg_true().to_list()


def _edge_stage(stage: Stage) -> Stage | None:
    """Return a stage that derives one flag: some comparison of a rule stands exactly on its edge."""
    tests: dict[Node, None] = {}
    for step in stage.steps:
        if isinstance(step, RuleList):
            for part in (part for rule in step.rules for part in walk(rule.when)):
                if isinstance(part, Compare) and isinstance(part.right, Const) and type_of(part.right).numeric:
                    tests[surely(Compare("=", part.left, part.right))] = None
    if not tests:
        return None
    items = tuple(tests)
    flag = Derive("on an edge", Type.FLAG, Or(items) if len(items) > 1 else items[0], places=0)
    quiet = tuple(replace(step, places=None) if isinstance(step, Derive) else step for step in stage.steps)
    return replace(stage, steps=(*quiet, flag))
