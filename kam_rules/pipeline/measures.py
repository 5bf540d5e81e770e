"""Work out figures and conditions of a policy for every account of a run, beside what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from kam_rules.backends import decide_any
from kam_rules.feel.printer import say
from kam_rules.model.program import Derive, Program, Stage
from kam_rules.model.run import Run
from kam_rules.model.tree import And, Compare, Known, Node, Not, Or, Read, Round, reads, surely, type_of
from kam_rules.model.types import Type
from kam_rules.pipeline.decide import HANDED, inputs
from kam_rules.pipeline.programme.spend import written_out

DECIDED = (*HANDED, "state", "score_low", "score_high", "needs_data")
"""What is no fact of an account but was decided of it."""
SCORE_PLACES = 2
RATIO_PLACES = 6
"""Decimals of a ratio in a table; it is rounded half to even for what is shown, never for a decision."""


def atoms(run: Run, condition: Node) -> Iterator[tuple[str, Node]]:
    """Walk the single questions that a condition puts to the facts of an account, each with its text."""
    match condition:
        case And(items) | Or(items):
            for item in items:
                yield from atoms(run, item)
        case Not(item):
            yield from atoms(run, item)
        case Compare() | Read() | Known():
            if not set(reads(condition)) & set(DECIDED):
                yield say(condition), written_out(run.ready.program, condition)


def truths(run: Run, asked: Mapping[str, Node]) -> pl.DataFrame:
    """Return account_id and a column a condition: true, false, or null where it is unknown."""
    steps = []
    for i, node in enumerate(asked.values()):
        steps += [Derive(f"asked.{i}", Type.FLAG, surely(node), places=0), Derive(f"known.{i}", Type.FLAG, Known(node), places=0)]
    found = _decided(run, tuple(steps))
    columns = (pl.when(f"known.{i}").then(f"asked.{i}").otherwise(None).alias(text) for i, text in enumerate(asked))
    return found.select("account_id", *columns)


def figures(run: Run, asked: Mapping[str, Node]) -> pl.DataFrame:
    """Return account_id and a column a figure, in whole smallest units: of money the minor unit, of a ratio 6 decimals."""
    minor = run.ready.program.minor
    steps = []
    for name, node in asked.items():
        type_ = type_of(node)
        places = {Type.MONEY: minor, Type.RATIO: RATIO_PLACES, Type.NUMBER: RATIO_PLACES}.get(type_, 0)
        steps.append(Derive(f"asked.{name}", type_, Round(node, places, type_) if type_.numeric else node, places=places))
    found = _decided(run, tuple(steps))
    return found.select("account_id", *(pl.col(f"asked.{name}").alias(name) for name in asked))


def scores(run: Run) -> pl.DataFrame:
    """Return account_id and a column a criterion: its score of 0 to 100 in hundredths, null where it has no data."""
    criteria = run.ready.program.criteria
    steps = tuple(Derive(f"asked.{c.id}", Type.NUMBER, Read(c.score, Type.NUMBER), places=SCORE_PLACES) for c in criteria)
    ranking = run.ready.program.ranking
    found = _each(run, replace(ranking, steps=(*ranking.steps, *steps)), steps)
    return found.select("account_id", *(pl.col(f"asked.{c.id}").alias(c.id) for c in criteria))


def named(program: Program, name: str) -> Node | None:
    """Return a field or metric of the policy by its name, written out in fields; None where there is none that is read."""
    field = next((f for f in program.fields if f.name == name), None)
    if field is not None:
        return Read(field.name, field.type)
    steps = (step for stage in program.stages for step in stage.steps)
    return next((written_out(program, step.node) for step in steps if isinstance(step, Derive) and step.name == name), None)


def _decided(run: Run, steps: tuple[Derive, ...]) -> pl.DataFrame:
    """Work the steps out part by part; what columns cannot carry, the reference engine works out."""
    wanted = {name for step in steps for name in reads(step.node)}
    return _each(run, Stage("asked", tuple(f for f in run.ready.program.fields if f.name in wanted), steps), steps)


def _each(run: Run, stage: Stage, steps: tuple[Derive, ...]) -> pl.DataFrame:
    return pl.concat(
        pl.concat([part.select("account_id"), decide_any(stage, inputs(stage, part)).select(step.name for step in steps)], how="horizontal")
        for part in run.book.table
    )
