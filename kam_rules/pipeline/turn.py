"""The smallest change of one field that turns a decision, all other values and all other accounts as they are.

A stretch of values is left out only where it is proved that the decision is one and the same all along it; so a change
that is found is the smallest, and where none is found there is none. Each is decided again by the engines.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import polars as pl

from kam_rules.backends import Progress, backend
from kam_rules.backends.reference import facts_of, take
from kam_rules.model.errors import DisagreementError, Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.outcome import Layout, flatten, store
from kam_rules.model.parts import whole
from kam_rules.model.program import NOT_QUALIFIED, TIERS, Derive, Program, Stage
from kam_rules.model.run import Run
from kam_rules.model.tree import Value, reads
from kam_rules.model.types import Field, Type
from kam_rules.pipeline import spans
from kam_rules.pipeline.assemble import AT_ONCE, KEPT, MET, STATES, nodes
from kam_rules.pipeline.decide import HANDED, decide, seat_all
from kam_rules.pipeline.replay import Replay
from kam_rules.pipeline.seat import LEAST
from kam_rules.pipeline.spans import OPEN, Might, Span, Sure
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.witness import WITNESS, compare

FARTHEST = 2**62
"""Whole smallest units past which no table keeps a value."""
SEATING = (TIERS, MET, KEPT, AT_ONCE)
"""The lists that seating looks at."""
Decision = tuple[str | None, str | None]
"""Tier and state."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A field, its value now, the nearest one that turns the decision, and to what; `none`: it is proved that there is none."""

    field: Field
    now: Value
    to: Value = None
    decision: Decision = (None, None)
    none: bool = False


def turns(
    found: Replay, outcome: str | None = None, progress: Progress = lambda _: None, expect: Progress = lambda _: None
) -> tuple[Turn, ...]:
    """Return, for every field that the policy reads, the smallest change that turns the decision, or that there is none.

    Args:
        found: the account, of a run that is there as a whole.
        outcome: the tier or state to come to; by default anything else than now.
        progress: called with the number of fields done since its last call.
        expect: called with the number of fields there are.

    Raises:
        UsageError: KR580 there is no such tier or state.
        DisagreementError: KR509 the engines decide otherwise than the search.
    """
    program = found.run.ready.program
    known = outcomes(program)
    if outcome is not None and outcome not in known:
        raise UsageError(Finding("KR580", f"there is no tier or state '{outcome}'", None, did_you_mean(outcome, known)))
    search, fields, told = Search.of(found, outcome), fields_read(program), list[Turn]()
    expect(len(fields))
    for one in fields:
        turn = search.turn(one)
        if turn is not None:
            told.append(turn)
            if not turn.none:
                _confirm(found, search, turn)
        progress(1)
    return tuple(told)


def outcomes(program: Program) -> list[str]:
    """Return every tier and state that the policy can give."""
    tiers = [seats.tier for seats in program.seating.tiers]
    words = [rule.gives[0] for list_ in (TIERS, STATES) for rule in program.list(list_).rules]
    return list(dict.fromkeys([*tiers, *(str(getattr(word, "value", "")) for word in words)]))


def fields_read(program: Program) -> list[Field]:
    """Return the fields that the steps read, in the order of the policy."""
    names = {name for stage in program.stages for step in stage.steps for node in nodes(step) for name in reads(node)}
    names |= {name for seats in program.seating.tiers for name, _ in seats.tie_break}
    return [field_ for field_ in program.fields if field_.name in names]


@dataclass
class Search:
    """Looks for changes of one account's fields."""

    found: Replay
    row: int
    accounts: pl.DataFrame
    record: pl.DataFrame
    start: dict[str, Value]
    scores: list[int]
    outcome: str | None
    seats: dict[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)
    ties: dict[tuple[int, str], list[Any]] = field(default_factory=dict)
    moving: dict[str, tuple[Stage, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Replay, outcome: str | None, frames: tuple[pl.DataFrame, pl.DataFrame] | None = None) -> Search:
        """Return a search for one account; `frames` are the accounts and the record of the run where they are at hand."""
        run = found.run
        accounts, record = frames or (run.book.table.frame(), run.table.frame())
        row = int((accounts["account_id"] == found.account["account_id"]).arg_true()[0])
        scores = sorted(LEAST if s is None else s for i, s in enumerate(record["score"].to_list()) if i != row)
        start = {f.name: found.facts.get(f.name) for stage in run.ready.program.stages for f in stage.fields if f.name not in HANDED}
        return cls(found, row, accounts, record, start, scores, outcome)

    def wanted(self, made: Decision) -> bool:
        """Tell whether a decision is what is looked for."""
        if self.outcome is not None:
            return self.outcome in made
        return made != (self.found.record["tier"], self.found.record["state"])

    @property
    def program(self) -> Program:
        """The program of the run."""
        return self.found.run.ready.program

    def decided(self, name: str, value: Value) -> Decision:
        """Return the tier and state of the account with one value changed."""
        facts = self.taken(name, value)
        return _text(facts["tier"]), _text(facts["state"])

    def taken(self, name: str, value: Value) -> dict[str, Value]:
        """Decide the account with one value changed, seats among all accounts included; return all that is known of it then."""
        first, last = self.program.stages[0], self.program.stages[-1]
        facts = {**self.start, name: value}
        row = flatten(first, Layout(first), take(first, facts))
        if len(self.program.stages) > 1:
            seated = self._seated(name, value, row)
            facts |= {"tier": seated["tier"]}
            take(last, facts)
        return facts

    def _seated(self, name: str, value: Value, ranked: Mapping[str, Any]) -> Mapping[str, Any]:
        ties = {tie for seats in self.program.seating.tiers for tie, _ in seats.tie_break}
        layout = Layout(self.program.stages[0])
        told = [layout.verdict(ranked, rules.id) for rules in self.program.stages[0].lists if rules.id in SEATING]
        tied = self._tied(LEAST if ranked["score"] is None else ranked["score"]) and name in self._below(ties)
        key = (ranked["score"], *((v.rule, v.true, v.unknown) for v in told), value if tied else None)
        if key not in self.seats:
            accounts = self.changed(name, value)
            at = pl.int_range(pl.len()) == self.row
            record = self.record.with_columns(
                pl.when(at).then(pl.lit(new, self.record.schema[column])).otherwise(pl.col(column)).alias(column)
                for column, new in ranked.items()
            )
            self.seats[key] = seat_all(self.program, whole(accounts), whole(record)).row(self.row, named=True)
        return self.seats[key]

    def _tied(self, score: int) -> range:
        """Return the places among the other accounts' scores that are this one."""
        return range(bisect_left(self.scores, score), bisect_right(self.scores, score))

    def _below(self, names: Iterable[str]) -> set[str]:
        """Return the names, and all that they are worked out from in the first stage."""
        below, seen = list(names), set[str]()
        while below:
            one = below.pop()
            if one not in seen:
                seen.add(one)
                below += self._reads.get(one, ())
        return seen

    @cached_property
    def _reads(self) -> dict[str, tuple[str, ...]]:
        """For each figure, and each name that a list binds, what it is worked out from."""
        found: dict[str, tuple[str, ...]] = {}
        for step in (step for stage in self.program.stages for step in stage.steps):
            names = tuple(name for node in nodes(step) for name in reads(node))
            bound = [step.name] if isinstance(step, Derive) else [name for name, _ in step.binds]
            found |= {name: found.get(name, ()) + names for name in bound}
        return found

    def changed(self, name: str, value: Value) -> pl.DataFrame:
        """Return all accounts, one value of this one changed."""
        decimals = next(f.decimals for f in self.program.fields if f.name == name)
        new = pl.lit(store(value, decimals), self.accounts.schema[name])
        return self.accounts.with_columns(pl.when(pl.int_range(pl.len()) == self.row).then(new).otherwise(pl.col(name)).alias(name))

    def turn(self, field_: Field) -> Turn | None:
        """Return the nearest change of a field; None where its values are free text."""
        now = self.start.get(field_.name)
        if field_.type is Type.FLAG or field_.type is Type.CATEGORY:
            values: tuple[Value, ...] = (False, True) if field_.type is Type.FLAG else field_.values
            told = ((value, self.decided(field_.name, value)) for value in values if value != now)
            return next((Turn(field_, now, value, made) for value, made in told if self.wanted(made)), Turn(field_, now, none=True))
        if not field_.type.numeric and field_.type is not Type.DATE:
            return None
        line = Line.of(field_)
        at = line.place(now)
        near = [found for found in self._both(field_, line, at) if found is not None]
        if not near:
            return Turn(field_, now, none=True)
        best = min(near, key=lambda place: (abs(place - at) if now is not None else 0, place))
        return Turn(field_, now, line.value(best), self.decided(field_.name, line.value(best)))

    def _both(self, field_: Field, line: Line, at: int) -> Iterator[int | None]:
        if self.start.get(field_.name) is None:
            yield self._nearest(field_, line, line.least, line.most, up=True)
            return
        yield self._nearest(field_, line, max(at + 1, line.least), line.most, up=True)
        yield self._nearest(field_, line, line.least, min(at - 1, line.most), up=False)

    def _nearest(self, field_: Field, line: Line, low: int, high: int, *, up: bool) -> int | None:
        """Return the first place of a stretch, seen from one end, that turns the decision; None: proved, none does."""
        stack = [(low, high)] if low <= high else []
        while stack:
            low, high = stack.pop()
            told = None if low == high else self._one(field_.name, line.value(low), line.value(high))
            if told is False:
                continue
            if low == high or told:
                if self.wanted(self.decided(field_.name, line.value(low))):
                    return low if up else high
                continue
            middle = (low + high) // 2
            halves = [(low, middle), (middle + 1, high)]
            stack += reversed(halves) if up else halves
        return None

    def _one(self, name: str, low: Value, high: Value) -> bool | None:
        """Tell whether the decision is proved to be one and the same all along a stretch; False: it is proved to be unwanted."""
        facts: dict[str, Might] = dict(self._fixed)
        facts[name] = Span(low, high)
        stages = self._moving(name)
        verdicts = spans.take(stages[0], facts)
        if any(verdicts.get(list_, ()) is None for list_ in SEATING):
            return None
        if len(stages) > 1:
            facts_open = {**facts, "tier": OPEN}
            if self._never(facts.get("tier"), spans.take(stages[1], facts_open).get(STATES, ()), facts_open.get("state")):
                return False
            if not self._ranks_alike(facts):
                return None
            facts["tier"] = Sure(self.decided(name, low)[0])
            verdicts = spans.take(stages[1], facts)
        return None if verdicts.get(STATES, ()) is None else True

    def _never(self, eligible: Might | None, states: object, state: Might | None) -> bool:
        """Tell whether no seat can give what is wanted: a seat is never above the tier that an account is eligible for."""
        seating, wanted = self.program.seating, self.outcome
        order = [seats.tier for seats in seating.tiers]
        if wanted is None or seating.changes is not None:
            return False
        if wanted not in order:
            return states is not None and isinstance(state, Sure) and wanted not in {state.value, NOT_QUALIFIED}
        if not isinstance(eligible, Sure):
            return False
        return eligible.value not in order[: order.index(wanted) + 1]

    @cached_property
    def _fixed(self) -> dict[str, Might]:
        """Every value and figure of the account as it is."""
        return {name: Sure(value) for name, value in self.found.facts.items()}

    def _moving(self, name: str) -> tuple[Stage, ...]:
        """Return the stages with only those steps that a field, or the tier that it may move, has a part in."""
        if name not in self.moving:
            kept = []
            for number, stage in enumerate(self.program.stages):
                moved = {name} if number == 0 else {name, *HANDED}
                steps = []
                for step in stage.steps:
                    bound = [step.name] if isinstance(step, Derive) else [found for found, _ in step.binds]
                    if moved & {read for node in nodes(step) for read in reads(node)}:
                        moved |= set(bound)
                        steps.append(step)
                kept.append(replace(stage, steps=tuple(steps)))
            self.moving[name] = tuple(kept)
        return self.moving[name]

    def _ranks_alike(self, facts: Mapping[str, Might]) -> bool:
        """Tell whether no other account comes between the ends: of the score, and on a tie of what breaks it."""
        score, places = facts["score"], self.program.round
        if isinstance(score, Sure):
            low = high = int(score.value * 10**places) if isinstance(score.value, Fraction) else LEAST
        elif isinstance(score, Span):
            low, high = int(score.low * 10**places), int(score.high * 10**places)
        else:
            return False
        if bisect_left(self.scores, low) == bisect_right(self.scores, high):
            return True
        return low == high and all(self._breaks_alike(seats.tie_break, low, facts) for seats in self.program.seating.tiers)

    def _breaks_alike(self, ties: Sequence[tuple[str, bool]], score: int, facts: Mapping[str, Might]) -> bool:
        for name, _ in ties:
            own = facts.get(name, Sure(None))
            if not isinstance(own, Sure):
                others = self._others(score, name)
                return isinstance(own, Span) and not any(other is not None and own.low <= other <= own.high for other in others)
        return True

    def _others(self, score: int, name: str) -> list[Any]:
        """Return what breaks a tie, of every other account with a score."""
        if (score, name) not in self.ties:
            stage, told = self.program.stages[0], []
            for row in (self.record["score"].fill_null(LEAST) == score).arg_true().to_list():
                if row != self.row:
                    facts = facts_of(stage, self.accounts.row(row, named=True))
                    take(stage, facts)
                    told.append(facts.get(name))
            self.ties[score, name] = told
        return self.ties[score, name]


@dataclass(frozen=True, slots=True)
class Line:
    """The values that a field may have, as whole places in a row: its smallest units, or days."""

    least: int
    most: int
    scale: int
    days: bool

    @classmethod
    def of(cls, field_: Field) -> Line:
        """Return the line of a field, as far as its contract lets it go."""
        if field_.type is Type.DATE:
            return cls(dt.date(1900, 1, 1).toordinal(), dt.date(2199, 12, 31).toordinal(), 1, days=True)
        scale = 10**field_.decimals
        low, high = field_.plausible or (None, None)
        lows = [end for end in (field_.least, low) if end is not None]
        highs = [end for end in (field_.most, high) if end is not None]
        least = max(math.ceil(end * scale) for end in lows) if lows else -FARTHEST
        return cls(least, min(math.floor(end * scale) for end in highs) if highs else FARTHEST, scale, days=False)

    @property
    def limits(self) -> tuple[int, ...]:
        """The ends that the contract sets."""
        return () if self.days else tuple(end for end in (self.least, self.most) if abs(end) < FARTHEST)

    def place(self, value: Value) -> int:
        """Return the place of a value."""
        if isinstance(value, Fraction):
            return int(value * self.scale)
        return value.toordinal() if isinstance(value, dt.date) else self.least

    def value(self, place: int) -> Value:
        """Return the value at a place."""
        return dt.date.fromordinal(place) if self.days else Fraction(place, self.scale)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _confirm(found: Replay, search: Search, turn: Turn) -> None:
    """Decide the whole book again with the change, on columns, and this account on durable-rules.

    Raises:
        DisagreementError: KR509 an engine decides otherwise.
    """
    run: Run = found.run
    accounts = search.changed(turn.field.name, turn.to)
    name = "columnar" if run.engine == "columnar" else "reference"
    table = decide(run.ready.program, whole(accounts), backend(name), Spill()).frame()
    record = table[search.row : search.row + 1]
    made = (record["tier"].cast(pl.String).item(), record["state"].cast(pl.String).item())
    if made != turn.decision:
        message = f"{found.account['account_id']} with {turn.field.name} changed is {made} by {name}, {turn.decision} by the search"
        raise DisagreementError(Finding("KR509", message, None, "please report it with the policy"))
    compare(run, accounts[search.row : search.row + 1], record, WITNESS)
