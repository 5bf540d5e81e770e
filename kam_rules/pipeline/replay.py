"""Decide one account of a run again, and hold the result against the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kam_rules.backends.reference import facts_of, take
from kam_rules.feel.printer import value as said
from kam_rules.model.book import Why
from kam_rules.model.errors import DisagreementError, Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.outcome import Layout, Verdict, flatten
from kam_rules.model.past import TIER_BEFORE
from kam_rules.model.program import HIGHER, TIERS, Derive, Program, RuleList, Stage
from kam_rules.model.run import Run
from kam_rules.model.tree import Value, reads
from kam_rules.model.types import Type
from kam_rules.pipeline.aside import REASONS
from kam_rules.pipeline.assemble import GATES, STATES
from kam_rules.pipeline.decide import HANDED, seat_all
from kam_rules.pipeline.seat import HELD, INHERITED

MOST_NAMES = 100_000
"""Ids among which a misspelt one is looked for."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One account of a run: its values as stored, its recorded outcome, its cells, and every fact and figure behind it.

    `frames` are the values and the outcome as tables of one row.
    """

    run: Run
    account: Mapping[str, Any]
    record: Mapping[str, Any]
    cells: Mapping[str, Any]
    facts: Mapping[str, Value]
    layout: Layout
    frames: tuple[pl.DataFrame, pl.DataFrame]

    @property
    def program(self) -> Program:
        """The rules by which the run decided."""
        return self.run.ready.program

    def text(self, value: Value, type_: Type) -> str | None:
        """Return a value as a trail writes it, amounts in whole currency; None where it is missing."""
        return None if value is None else said(value, type_, minor=self.program.minor)

    def verdict(self, rules: RuleList) -> Verdict:
        """Return the recorded outcome of a list."""
        return self.layout.verdict(self.record, rules.id)

    def absent(self, name: str) -> tuple[str, ...]:
        """Return the missing fields behind a missing name; empty where only a division by zero is."""
        name = f"{name.removesuffix('.score')}.measure" if name.endswith(".score") else name
        steps = [s for stage in self.program.stages for s in stage.steps if isinstance(s, Derive)]
        step = next((s for s in steps if s.name == name), None)
        if step is None:
            return (name,) if self.facts.get(name) is None else ()
        return self.absent_in(reads(step.node))

    def absent_in(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the missing fields behind several names, each once."""
        return tuple(dict.fromkeys(below for name in names if self.facts.get(name) is None for below in self.absent(name)))


def replay(run: Run, account_id: str) -> Replay:
    """Return one account, decided again by the reference engine from the recorded values, and all seats taken again.

    Raises:
        UsageError: KR505 the account is not in the run, or was refused.
        DisagreementError: KR509 the record and the reference engine differ.
    """
    found = decided_again(run, account_id)
    if run.whole and len(run.table.items) == 1:
        _seated_alike(run)
    return found


def decided_again(run: Run, account_id: str) -> Replay:
    """Return one account, decided again; its seat is held against those taken. For several accounts of a run; see `replay`."""
    number, row = _place(run, account_id)
    frames = [table.lazy_part(number).slice(row, 1).collect() for table in (run.book.table, run.table, run.book.raw)]
    account, record, cells = (frame.row(0, named=True) for frame in frames)
    facts = retaken(run, account, record)
    _hold_seat(run, account, record)
    return Replay(run, account, record, cells, facts, Layout(*run.ready.program.stages), (frames[0], frames[1]))


def retaken(run: Run, account: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Value]:
    """Return every fact and figure of one account, decided again by the reference engine from its values as stored.

    Raises:
        DisagreementError: KR509 the record and the reference engine differ.
    """
    facts: dict[str, Value] = {}
    for stage in run.ready.program.stages:
        handed = {name: record[name] for name in HANDED} if facts else {}
        facts |= _again(stage, {**account, **handed}, record)
    return facts


def spellings(account_id: str) -> tuple[str, ...]:
    """Return what an id may stand for: decisions.csv puts a quote before one that starts like a formula."""
    return (account_id, account_id[1:]) if account_id.startswith("'") else (account_id,)


def _place(run: Run, account_id: str) -> tuple[int, int]:
    """Return the part that an account stands in, and its row there."""
    for spelling in spellings(account_id):
        for number in range(len(run.table.items)):
            ids = run.table.lazy_part(number).select("account_id").collect()["account_id"]
            rows = (ids == spelling).arg_true()
            if len(rows):
                return number, rows[0]
    raise UsageError(_not_here(run, account_id))


def _hold_seat(run: Run, account: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Hold the seat of one account against the seats taken in the run: who has one is among the best, who lost one is not.

    Who is held has the tier that it held before, who inherits that of its head. Where incumbents go first a newcomer may lose
    a seat to a lower score; that is not held against the record.

    Raises:
        DisagreementError: KR509 the recorded seat does not follow from the recorded score.
    """
    if not _seat_follows(run, account, record):
        message = f"{record['account_id']}: its recorded seat does not follow from its score {record['score']} and the seats taken"
        raise DisagreementError(Finding("KR509", message, None, "the run, its policy or the engine was changed after it"))


def _seat_follows(run: Run, account: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    score, rank, seating = record["score"], record["seat_rank"], run.ready.program.seating
    if record["seat"] in HELD:
        return bool(record["tier"] == account[TIER_BEFORE])
    if record["seat"] == INHERITED:
        number, row = _place(run, record["head"])
        return bool(run.table.lazy_part(number).slice(row, 1).collect()["tier"].item() == record["tier"])
    own, lost = run.seats.get(record["tier"]), run.seats.get(record["lost_tier"])
    ranked = rank is not None and (seating.inherit == HIGHER or 1 <= rank <= own.seats) if own else True
    if not ranked or (own is not None and _below(score, own.lowest) and seating.changes is None):
        return False
    return seating.changes is not None or lost is None or not lost.seats or not _below(lost.lowest, score)


def _seated_alike(run: Run) -> None:
    """Seat all accounts of a run again from the recorded scores, and hold every seat against the record.

    Raises:
        DisagreementError: KR509 a recorded seat is not the one that the scores give.
    """
    (table,), seats = run.table, seat_all(run.ready.program, run.book.table, run.table)
    for name in seats.columns:
        differs = seats[name].cast(pl.String).ne_missing(table[name].cast(pl.String))
        if differs.any():
            row = differs.arg_true()[0]
            message = f"{table['account_id'][row]}: '{name}' is recorded as {table[name][row]}, seated again it is {seats[name][row]}"
            raise DisagreementError(Finding("KR509", message, None, "the run, its policy or the engine was changed after it"))


def _below(one: int | None, other: int | None) -> bool:
    return other is not None and (one is None or one < other)


def _again(stage: Stage, row: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Value]:
    facts = facts_of(stage, row)
    for name, value in flatten(stage, Layout(stage), take(stage, facts)).items():
        if record[name] != value:
            message = f"{record['account_id']}: '{name}' is recorded as {record[name]}, decided again it is {value}"
            raise DisagreementError(Finding("KR509", message, None, "the run, its policy or the engine was changed after it"))
    return facts


def _not_here(run: Run, account_id: str) -> Finding:
    faults = run.book.faults.lazy().filter((pl.col("account_id") == account_id) & pl.col("refused")).head(1).collect()
    if faults.height:
        fault = faults.row(0, named=True)
        message = f"account '{account_id}' was refused: {fault['code']} in row {fault['row']}, column '{fault['column']}'"
        return Finding("KR505", message, None, "faults.csv of the run lists every fault")
    away = run.book.aside.lazy().filter(pl.col("account_id") == account_id).head(1).collect()
    if away.height:
        row = away.row(0, named=True)
        message = f"account '{account_id}' was set aside: {REASONS[Why(row['why'])]} (row {row['row']}, which row {row['of']} stands for)"
        return Finding("KR505", message, None, "ask for the account of that row; set_aside.csv of the run lists them all")
    known = run.table.lazy().select("account_id").head(MOST_NAMES).collect()["account_id"].to_list()
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
