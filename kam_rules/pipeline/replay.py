"""Decide one account of a run again, and hold the result against the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kam_rules.backends.reference import facts_of, take
from kam_rules.model.errors import DisagreementError, Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.outcome import Verdict, flatten, verdict
from kam_rules.model.program import Derive, RuleList, Stage
from kam_rules.model.run import Run
from kam_rules.model.tree import Value, reads
from kam_rules.pipeline.assemble import GATES, STATES, TIERS
from kam_rules.pipeline.decide import HANDED, seat_all


@dataclass(frozen=True, slots=True)
class Replay:
    """One account of a run: its values as stored, its recorded outcome, and every fact and figure behind it."""

    run: Run
    account: Mapping[str, Any]
    record: Mapping[str, Any]
    facts: Mapping[str, Value]

    def verdict(self, rules: RuleList) -> Verdict:
        """Return the recorded outcome of a list."""
        return verdict(self.record, rules)

    def absent(self, name: str) -> tuple[str, ...]:
        """Return the missing fields behind a missing name; empty where only a division by zero is."""
        name = f"{name.removesuffix('.score')}.measure" if name.endswith(".score") else name
        steps = [s for stage in self.run.ready.program.stages for s in stage.steps if isinstance(s, Derive)]
        step = next((s for s in steps if s.name == name), None)
        if step is None:
            return (name,) if self.facts.get(name) is None else ()
        return self.absent_in(reads(step.node))

    def absent_in(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the missing fields behind several names, each once."""
        return tuple(dict.fromkeys(below for name in names if self.facts.get(name) is None for below in self.absent(name)))


def replay(run: Run, account_id: str) -> Replay:
    """Return one account, decided again by the reference engine from the recorded values.

    Raises:
        UsageError: KR505 the account is not in the run, or was refused.
        DisagreementError: KR509 the record and the reference engine differ.
    """
    known = run.book.table["account_id"]
    if account_id not in known and account_id.startswith("'"):
        account_id = account_id[1:]  # as decisions.csv guards an id that starts like a formula
    found = run.book.table.filter(known == account_id)
    if not found.height:
        raise UsageError(_not_here(run, account_id))
    account = found.row(0, named=True)
    record = run.table.filter(pl.col("account_id") == account_id).row(0, named=True)
    ranking, assigning = run.ready.program.stages
    facts = _again(ranking, account, record)
    facts |= _again(assigning, {**account, **{name: record[name] for name in HANDED}}, record)
    _seated_alike(run)
    return Replay(run, account, record, facts)


def _seated_alike(run: Run) -> None:
    """Seat all accounts of the run again from the recorded scores, and hold every seat against the record.

    Raises:
        DisagreementError: KR509 a recorded seat is not the one that the scores give.
    """
    seats = seat_all(run.ready.program, run.book.table, run.table)
    for name in seats.columns:
        differs = (seats[name].cast(pl.String)).ne_missing(run.table[name].cast(pl.String))
        if differs.any():
            row = differs.arg_true()[0]
            recorded, again = run.table[name][row], seats[name][row]
            message = f"{run.table['account_id'][row]}: '{name}' is recorded as {recorded}, seated again it is {again}"
            raise DisagreementError(Finding("KR509", message, None, "the run, its policy or the engine was changed after it"))


def _again(stage: Stage, row: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Value]:
    facts = facts_of(stage, row)
    for name, value in flatten(stage, take(stage, facts)).items():
        if record[name] != value:
            message = f"{record['account_id']}: '{name}' is recorded as {record[name]}, decided again it is {value}"
            raise DisagreementError(Finding("KR509", message, None, "the run, its policy or the engine was changed after it"))
    return facts


def _not_here(run: Run, account_id: str) -> Finding:
    faults = run.book.faults.filter((pl.col("account_id") == account_id) & pl.col("refused"))
    if faults.height:
        fault = faults.row(0, named=True)
        message = f"account '{account_id}' was refused: {fault['code']} in row {fault['row']}, column '{fault['column']}'"
        return Finding("KR505", message, None, "faults.csv of the run lists every fault")
    known = run.table["account_id"].to_list()
    near = did_you_mean(account_id, known)
    return Finding(
        "KR505", f"the run has no account '{account_id}'", None, near if near.startswith("did") else "decisions.csv lists them all"
    )


@dataclass(frozen=True, slots=True)
class Work:
    """Something a person could still do for an account: find the value of a field, or what `note` says."""

    field: str
    uses: tuple[str, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        return self.note or f"find {self.field}: {', '.join(self.uses)}"


def work(found: Replay) -> tuple[Work, ...]:
    """Return what a person could still do for the account, values to find first."""
    uses: dict[str, dict[str, None]] = {}
    for names, use in _needs(found):
        for field in found.absent_in(names):
            uses.setdefault(field, {})[use] = None
    notes = []
    if found.facts.get("reason_needed"):
        notes.append(Work("", note=f"give a reason for state '{found.record['state']}'"))
    if found.facts.get("below_floor"):
        notes.append(Work("", note="look at the agreed target: it lies below the floor of its state"))
    return (*(Work(field, tuple(told)) for field, told in uses.items()), *notes)


def _needs(found: Replay) -> Iterator[tuple[tuple[str, ...], str]]:
    """Walk what the account is asked for and has no answer to: the names read, and what for."""
    program = found.run.ready.program
    for rules in program.lists:
        unknown = found.verdict(rules).unknown
        open_rules = [rule for i, rule in enumerate(rules.rules) if unknown >> i & 1]
        if rules.id == GATES:
            yield from ((reads(gate.when), f"gate {gate.id}") for gate in open_rules)
        elif rules.id in {TIERS, STATES} and found.verdict(rules).rule is None:
            names = tuple(name for rule in open_rules for name in reads(rule.when))
            yield names, f"to decide the {rules.id.removesuffix('s')}"
    yield from (((c.score,), f"criterion {c.id}") for c in program.criteria if found.facts[c.score] is None)
    yield from ((reads(node), f"the state's {key}") for key, node in program.state_inputs if not found.facts[f"{key}_known"])
