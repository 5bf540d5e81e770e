"""Decide the values of tests: by the reference, step by step, and again by every other engine.

All that touches the tables of engines stands here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import cast

import polars as pl

from kam_rules.backends import backend, backends
from kam_rules.backends._table import dtype
from kam_rules.backends.reference import facts_of, take
from kam_rules.model.errors import DisagreementError, Finding, UnsupportedError
from kam_rules.model.outcome import Layout, Outcome, Stored, Verdict, flatten, store
from kam_rules.model.policy import Policy
from kam_rules.model.program import Derive, Hit, Program, Rule, RuleList, Stage
from kam_rules.model.progress import silent
from kam_rules.model.tree import Node, Value, reads
from kam_rules.model.trial import Answer, Attempt, Trial
from kam_rules.model.types import BUILT_IN
from kam_rules.pipeline.assemble import GATES, INNER, TRIGGERS
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.datafile import for_frame
from kam_rules.pipeline.decide import inputs
from kam_rules.pipeline.findings import fault_reason
from kam_rules.pipeline.read import read_raw
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.witness import unlike
from kam_rules.sources._frame import read as read_frame

REFERENCE = "reference"
Row = Mapping[str, Stored]


def laid(policy: Policy, as_of: dt.date) -> Program:
    """Return the policy's program for the day that values speak of."""
    return compile_policy(policy, as_of).program


def values(program: Program, trials: Sequence[Trial]) -> tuple[list[Row | None], list[tuple[Finding, ...]]]:
    """Read the values of tests by the contract: for each test a typed row, or what of it breaks the contract.

    Args:
        program: the policy's program for the day of the tests.
        trials: tests of one day.
    """
    fields = [*(field.name for field in program.fields), *BUILT_IN[1:]]
    columns = {name: [trial.given.get(name, "") for trial in trials] for name in fields}
    frame = pl.DataFrame({"account_id": [str(i) for i in range(len(trials))], **columns})
    source = for_frame({name: name for name in frame.columns}, dt.date.min)
    book = read_raw([read_frame(frame, "tests")], source, program, Spill())
    rows: list[Row | None] = [None] * len(trials)
    for row in book.table.frame().iter_rows(named=True):
        rows[int(row["account_id"])] = row
    faults: list[list[Finding]] = [[] for _ in trials]
    for fault in book.faults.frame().iter_rows(named=True):
        what, fix = fault_reason(book, program, fault["code"], fault["field"], fault["raw"])
        trial = trials[int(fault["account_id"])]
        message = f"{trial.name}: {fault['field']} '{fault['raw']}': {what}"
        faults[int(fault["account_id"])].append(Finding(fault["code"], message, trial.where, fix))
    return rows, [tuple(found) for found in faults]


def decide(program: Program, given: Mapping[str, Value]) -> Attempt:
    """Decide one account by the reference engine; it has no rivals, so its tier is the one it is eligible for.

    Args:
        program: the policy's program for one day.
        given: values by field, each in the unit of its field; what is not there is missing.
    """
    facts: dict[str, Value] = {}
    verdicts: dict[str, Verdict] = {}
    for stage in program.stages:
        start = {f.name: facts.get(f.name, given.get(f.name)) for f in stage.fields}
        verdicts |= take(stage, start).verdicts
        facts |= start
    return Attempt(given, facts, verdicts, _found(program, facts, verdicts))


def given_of(program: Program, row: Row) -> dict[str, Value]:
    """Return the values of a typed row that are there, each in the unit of its field."""
    found = facts_of(Stage("", program.fields, ()), row)
    texts = {name: cast("Value", row[name]) for name in BUILT_IN[1:] if name in row}
    return {name: value for name, value in (found | texts).items() if value is not None}


def _found(program: Program, facts: Mapping[str, Value], verdicts: Mapping[str, Verdict]) -> dict[str, Answer]:
    amount = facts.get("target_amount")
    return {
        "tier": cast("str | None", facts.get("tier")),
        "state": cast("str | None", facts.get("state")),
        "target": cast("Fraction | None", facts.get("target_nrr")),
        "triggers": tuple(_true(program, verdicts)),
        "amount": cast("Fraction | None", amount if amount is not None else facts.get("prospect_amount")),
        "score": cast("Fraction | None", facts.get("score")),
        "rules": tuple(_deciding(program, verdicts)),
    }


def _deciding(program: Program, verdicts: Mapping[str, Verdict]) -> Iterable[str]:
    for rules in program.lists:
        if rules.id not in {*INNER, TRIGGERS}:
            yield from deciding(rules, verdicts[rules.id])


def _true(program: Program, verdicts: Mapping[str, Verdict]) -> Iterable[str]:
    for rules in program.lists:
        if rules.id == TRIGGERS:
            yield from (rule.id for i, rule in enumerate(rules.rules) if verdicts[TRIGGERS].true >> i & 1)


def deciding(rules: RuleList, verdict: Verdict) -> Iterable[str]:
    """Return the names of the rules that decide in a list; each gate decides, by its answer."""
    if rules.hit is not Hit.COLLECT:
        if verdict.rule is not None:
            yield rule_name(rules, rules.rules[verdict.rule])
        return
    for i, rule in enumerate(rules.rules):
        answer = "pass" if verdict.true >> i & 1 else "unknown" if verdict.unknown >> i & 1 else "fail"
        yield f"{GATES}.{rule.id}.{answer}"


def rule_name(rules: RuleList, rule: Rule) -> str:
    """Return the name of a rule with that of its list."""
    return f"criteria.{rule.id}" if rules.id.startswith("criteria.") else f"{rules.id}.{rule.id}"


def sources(program: Program, node: Node) -> tuple[str, ...]:
    """Return the fields that a tree rests on, through every figure and every list, the nearest first."""
    behind: dict[str, list[Node]] = {}
    for stage in program.stages:
        for step in stage.steps:
            if isinstance(step, Derive):
                behind[step.name] = [step.node]
            else:
                for name, _ in step.binds:
                    behind[name] = [part for rule in step.rules for part in (rule.when, *rule.gives)]
    seen = dict.fromkeys(reads(node))
    open_ = list(seen)
    while open_:
        for below in behind.get(open_.pop(0), ()):
            new = [name for name in reads(below) if name not in seen]
            seen |= dict.fromkeys(new)
            open_ += new
    contract = {f.name for f in program.fields}
    return tuple(name for name in seen if name in contract)


def confirm(program: Program, rows: Sequence[Row], trials: Sequence[Trial]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Let every engine decide the rows again; return the engines that did, and those that cannot with the reason.

    Raises:
        DisagreementError: KR509 an engine decides a test otherwise than the reference.
    """
    agreed, left_out = [], {}
    for name in backends():
        if name == REFERENCE:
            agreed.append(name)
            continue
        try:
            _compare(program, rows, trials, name)
        except UnsupportedError as error:
            left_out[name] = error.findings[0].message
        else:
            agreed.append(name)
    return tuple(agreed), left_out


def _compare(program: Program, rows: Sequence[Row], trials: Sequence[Trial], name: str) -> None:
    """Hold an engine's outcome of both stages against the reference's, column by column."""
    table = pl.DataFrame(list(rows), schema=_schema(program), orient="row")
    handed: pl.DataFrame | None = None
    for stage in program.stages:
        start = inputs(stage, table, handed)
        wanted = [(facts := facts_of(stage, row), take(stage, facts)) for row in start.iter_rows(named=True)]
        answer = backend(name).decide(stage, start, silent)
        for trial, (_, outcome), told in zip(trials, wanted, answer.iter_rows(named=True), strict=True):
            _hold(trial, stage, outcome, told, name)
        handed = _handed(stage, wanted)


def _hold(trial: Trial, stage: Stage, outcome: Outcome, told: Row, name: str) -> None:
    wanted = flatten(stage, Layout(stage), outcome)
    for column in (column for column, value in wanted.items() if told[column] != value):
        for differs, here, there in unlike(stage, wanted, told, column):
            message = f"{trial.name}: '{differs}' is {here} by {REFERENCE}, {there} by {name}"
            raise DisagreementError(Finding("KR509", message, trial.where, "please report it with the policy and the test"))


def _handed(stage: Stage, decided: Sequence[tuple[Mapping[str, Value], Outcome]]) -> pl.DataFrame:
    """Return what the first stage hands to the second, stored as a table keeps it."""
    names = [figure for figure in stage.kept if figure.name in {"qualified", "score", "coverage"}]
    columns = {f.name: pl.Series([store(facts[f.name], f.places or 0) for facts, _ in decided], dtype=dtype(f.type)) for f in names}
    return pl.DataFrame(columns | {"tier": pl.Series([facts.get("tier") for facts, _ in decided], dtype=pl.String)})


def _schema(program: Program) -> dict[str, type[pl.DataType]]:
    return {"row": pl.Int64} | dict.fromkeys(BUILT_IN, pl.String) | {f.name: dtype(f.type) for f in program.fields}
