"""The independent witness: another engine decides accounts of a run again, and every answer must be the same.

The witness is durable-rules; of a run that durable-rules decided it is the reference engine, for none bears witness for
itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from kam_rules.backends import Progress, backend
from kam_rules.model.errors import DisagreementError, Finding, UnsupportedError
from kam_rules.model.program import Derive, Program, RuleList, Stage
from kam_rules.model.run import Run, Witnessed
from kam_rules.model.tree import Compare, Const, Node, Or, surely, type_of, walk
from kam_rules.model.types import Type
from kam_rules.pipeline.decide import inputs

ALL_UP_TO = 1000
SAMPLE = 500
EDGES = 500
WITNESS = "durable"


def witness(run: Run, progress: Progress = lambda _: None, expect: Progress = lambda _: None) -> Witnessed:
    """Let the witness decide accounts of the run again.

    Up to 1,000 accounts are all asked. Of more: 500 spread evenly over the book, up to 500 of those on an edge of some
    rule, and every one with a target agreed for it alone.

    Raises:
        DisagreementError: KR509 an answer differs; account, list and both answers are named.
    """
    height, name = run.table.height, witness_of(run)
    if height <= ALL_UP_TO:
        chosen = pl.Series(range(height), dtype=pl.Int64)
        found = Witnessed(name, height, height, 0, 0)
    else:
        sample, edges, own = _sample(height), _on_edge(run), _own(run)
        chosen = pl.concat([sample, edges, own]).unique().sort()
        found = Witnessed(name, len(chosen), len(sample), len(edges), len(own))
    expect(len(run.ready.program.stages) * len(chosen))
    compare(run, chosen, name, progress)
    return found


def witness_of(run: Run) -> str:
    """Return the engine that bears witness for a run: never the one that decided it."""
    return "reference" if run.engine == WITNESS else WITNESS


def compare(run: Run, rows: pl.Series, name: str, progress: Progress = lambda _: None) -> None:
    """Let an engine decide some rows of a run again, and hold every column of its answer against the record.

    Raises:
        DisagreementError: KR509 an answer differs.
    """
    accounts, record = run.book.table[rows.to_list()], run.table[rows.to_list()]
    for stage in run.ready.program.stages:
        answer = backend(name).decide(stage, inputs(stage, accounts, record), progress)
        for column in answer.columns:
            differs = answer[column].ne_missing(record[column])
            if differs.any():
                raise DisagreementError(list(_differences(run, name, record.filter(differs), answer.filter(differs), column)))


def _differences(run: Run, witness_: str, record: pl.DataFrame, answer: pl.DataFrame, name: str) -> Iterator[Finding]:
    """Name each account on which the two differ, the list or figure, and both answers."""
    told = pl.DataFrame({"account_id": record["account_id"], "recorded": record[name], "answered": answer[name]})
    for row in told.head(5).iter_rows(named=True):
        recorded, answered = (_said(run.ready.program, name, row[key]) for key in ("recorded", "answered"))
        message = f"{row['account_id']}: '{name}' is {recorded} by {run.engine}, {answered} by {witness_}"
        yield Finding("KR509", message, None, "nothing of this run can be relied on; please report it with the policy")


def _said(program: Program, name: str, value: object) -> str:
    """Return the rule that a number stands for, where the column holds rule numbers."""
    rules = next((found.rules for found in program.lists if name == f"{found.id}.rule"), None)
    if rules is None or not isinstance(value, int):
        return str(value)
    return f"rule '{rules[value].id}'" if value >= 0 else "undecided"


def _sample(height: int) -> pl.Series:
    return pl.Series([i * height // SAMPLE for i in range(SAMPLE)], dtype=pl.Int64)


def _own(run: Run) -> pl.Series:
    rules = run.ready.program.assigning.list("targets").rules
    number = next((i for i, rule in enumerate(rules) if rule.id == "own"), None)
    found = run.table.with_row_index("i").filter(pl.col("targets.rule") == (-2 if number is None else number))
    return found["i"].cast(pl.Int64)


def _on_edge(run: Run) -> pl.Series:
    """Return up to 500 accounts of which some value equals the literal that a rule compares it with."""
    hit = pl.Series([False] * run.table.height)
    for stage in run.ready.program.stages:
        test = _edge_stage(stage)
        if test is not None:
            hit |= _flagged(test, inputs(test, run.book.table, run.table))
    rows = hit.arg_true().cast(pl.Int64)
    return rows.gather([i * len(rows) // EDGES for i in range(EDGES)]) if len(rows) > EDGES else rows


def _flagged(test: Stage, table: pl.DataFrame) -> pl.Series:
    try:
        return backend("columnar").decide(test, table, lambda _: None)["on an edge"]
    except UnsupportedError:
        return backend("reference").decide(test, table, lambda _: None)["on an edge"]


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
