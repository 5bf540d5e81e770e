"""The smallest change of one field that turns a decision, all other values and all other accounts as they are.

A stretch of values is left out only where it is proved that the decision is one and the same all along it; so a change
that is found is the smallest, and where none is found there is none. Each is decided again by the engines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import polars as pl

from kam_rules.backends import Progress, backend
from kam_rules.backends.reference import take
from kam_rules.model.errors import DisagreementError, Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.outcome import Layout, Verdict
from kam_rules.model.parts import whole
from kam_rules.model.past import NAMES, SINCE, STREAK
from kam_rules.model.program import NOT_QUALIFIED, TIERS, Program, Stage
from kam_rules.model.run import Run
from kam_rules.model.tree import Value, reads
from kam_rules.model.types import Field, Type
from kam_rules.pipeline import spans
from kam_rules.pipeline.assemble import AT_ONCE, GATES, KEPT, MET, STATES, nodes
from kam_rules.pipeline.decide import HANDED, decide
from kam_rules.pipeline.line import Line
from kam_rules.pipeline.moved import moved
from kam_rules.pipeline.replay import Replay
from kam_rules.pipeline.rivals import Rivals
from kam_rules.pipeline.spans import OPEN, Might, Span, Sure
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.witness import WITNESS, compare

SEATING = (TIERS, MET, KEPT, AT_ONCE)
"""The lists that seating looks at."""
STEPS = 1000
"""Stretches of a field's values that are looked at before its question is left open."""
Decision = tuple[str | None, str | None]
"""Tier and state."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A field, its value now, the nearest one that turns the decision, and to what; `none`: it is proved that there is none.

    `idle`: since nothing that the account's tier or state comes from reads the field. `unsettled`: after `STEPS` stretches
    neither a change was found nor was it proved that there is none.
    """

    field: Field
    now: Value
    to: Value = None
    decision: Decision = (None, None)
    none: bool = False
    idle: bool = False
    unsettled: bool = False


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
            if not turn.none and not turn.unsettled:
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


class _UnsettledError(Exception):
    """The question of a field is left open."""


@dataclass
class Search:
    """Looks for changes of one account's fields.

    `first` are its values and what the first stage makes of them, `told` what that stage's lists decide of it as it is.
    """

    found: Replay
    outcome: str | None
    rivals: Rivals
    first: dict[str, Value]
    told: Mapping[str, Verdict]
    moving: dict[str, tuple[Stage, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Replay, outcome: str | None, frames: tuple[pl.DataFrame, pl.DataFrame] | None = None) -> Search:
        """Return a search for one account; `frames` are the accounts and the record of the run where they are at hand."""
        run, stage = found.run, found.run.ready.program.stages[0]
        accounts, record = frames or (run.book.table.frame(), run.table.frame())
        row = int((accounts["account_id"] == found.account["account_id"]).arg_true()[0])
        first = dict(found.facts)
        told = take(stage, first).verdicts
        return cls(found, outcome, Rivals.of(run.ready.program, row, accounts, record), first, told)

    @property
    def program(self) -> Program:
        """The program of the run."""
        return self.found.run.ready.program

    def wanted(self, made: Decision) -> bool:
        """Tell whether a decision is what is looked for."""
        if self.outcome is not None:
            return self.outcome in made
        return made != (self.found.record["tier"], self.found.record["state"])

    def idle(self, name: str) -> bool:
        """Tell whether a field has no part in what the tier or the state of this account comes from."""
        return name not in {*self._ties, *NAMES} and not any(stage.steps for stage in self._moving(name))

    @cached_property
    def _ties(self) -> set[str]:
        """What breaks ties."""
        return {tie for seats in self.program.seating.tiers for tie, _ in seats.tie_break}

    def decided(self, name: str, value: Value) -> Decision:
        """Return the tier and state of the account with one value changed."""
        facts = self._decided(name, value, self._moving(name))
        return _text(facts["tier"]), _text(facts["state"])

    def taken(self, name: str, value: Value) -> dict[str, Value]:
        """Decide the account with one value changed, seats among all accounts included; return all that is known of it then."""
        return self._decided(name, value, self.program.stages)

    def _decided(self, name: str, value: Value, stages: Sequence[Stage]) -> dict[str, Value]:
        facts = {**self.first, name: value}
        told = {**self.told, **take(stages[0], facts).verdicts}
        if len(stages) > 1:
            place = self.rivals.place(_whole(facts["score"], self.program.round))
            facts["tier"] = self.rivals.tier(self._ranked(told, facts), place, facts, name)
            take(stages[1], facts)
        return facts

    def _ranked(self, told: Mapping[str, Verdict], facts: Mapping[str, Value]) -> dict[str, Any]:
        """Return what seating is told of the account, as a table keeps it."""
        words = Layout(self.program.stages[0]).encode(told)
        return {**words, "qualified": facts["qualified"], "score": _whole(facts["score"], self.program.round)}

    def turn(self, field_: Field) -> Turn | None:
        """Return the nearest change of a field; None where its values are free text."""
        now = self.first.get(field_.name)
        if self.idle(field_.name):
            return Turn(field_, now, none=True, idle=True)
        if field_.type is Type.FLAG or field_.type is Type.CATEGORY:
            values: tuple[Value, ...] = (False, True) if field_.type is Type.FLAG else field_.values
            told = ((value, self.decided(field_.name, value)) for value in values if value != now)
            return next((Turn(field_, now, value, made) for value, made in told if self.wanted(made)), Turn(field_, now, none=True))
        if not field_.type.numeric and field_.type is not Type.DATE:
            return None
        line = Line.of(field_)
        at = line.place(now)
        try:
            near = [found for found in self._both(field_, line, at) if found is not None]
        except _UnsettledError:
            return Turn(field_, now, unsettled=True)
        if not near:
            return Turn(field_, now, none=True)
        best = min(near, key=lambda place: (abs(place - at) if now is not None else 0, place))
        return Turn(field_, now, line.value(best), self.decided(field_.name, line.value(best)))

    def _both(self, field_: Field, line: Line, at: int) -> Iterator[int | None]:
        if self.first.get(field_.name) is None:
            yield self._nearest(field_, line, line.least, line.most, up=True)
            return
        yield self._nearest(field_, line, max(at + 1, line.least), line.most, up=True)
        yield self._nearest(field_, line, line.least, min(at - 1, line.most), up=False)

    def _nearest(self, field_: Field, line: Line, low: int, high: int, *, up: bool) -> int | None:
        """Return the first place of a stretch, seen from one end, that turns the decision; None: proved, none does."""
        stack = [(low, high)] if low <= high else []
        for _ in range(STEPS):
            if not stack:
                return None
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
        raise _UnsettledError

    def alike(self, name: str, low: Value, high: Value) -> bool:
        """Tell whether it is proved that the decision is one and the same all along a stretch of a field's values."""
        return self._one(name, low, high) is True

    def _one(self, name: str, low: Value, high: Value) -> bool | None:
        """Tell whether the decision is proved to be one and the same all along a stretch; False: it is proved to be unwanted."""
        facts: dict[str, Might] = {**self._fixed, name: Span(low, high)}
        stages = self._moving(name)
        verdicts = spans.take(stages[0], facts)
        if any(verdicts.get(list_, ()) is None for list_ in self._looked_at) or not self._past_alike(name, low, high):
            return None
        if len(stages) > 1:
            eligible = facts.get("tier")
            facts_open = {**facts, "tier": OPEN}
            if self._never(eligible, spans.take(stages[1], facts_open).get(STATES, ()), facts_open.get("state")):
                return False
            if not self._ranks_alike(name, {**self.told, **{key: one for key, one in verdicts.items() if one is not None}}, facts):
                return None
            facts["tier"] = Sure(self.decided(name, low)[0])
            verdicts = spans.take(stages[1], facts)
        return None if verdicts.get(STATES, ()) is None else True

    @cached_property
    def _looked_at(self) -> tuple[str, ...]:
        """The lists that seating looks at."""
        return SEATING if self.program.seating.changes is None else (*SEATING, GATES)

    def _past_alike(self, name: str, low: Value, high: Value) -> bool:
        """Tell whether what history is held against stays on one side."""
        changes, on = self.program.seating.changes, self.program.on
        if changes is None or on is None:
            return True
        if name == SINCE and isinstance(low, dt.date) and isinstance(high, dt.date):
            return ((on - low).days >= changes.wait_at_least) == ((on - high).days >= changes.wait_at_least)
        if name == STREAK and isinstance(low, Fraction) and isinstance(high, Fraction):
            return (low + 1 < changes.demote_after) == (high + 1 < changes.demote_after)
        return True

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
        return {name: Sure(value) for name, value in self.first.items()}

    def _moving(self, name: str) -> tuple[Stage, ...]:
        """Return the stages with only what a field, or the tier that it may move, has a part in."""
        if name not in self.moving:
            first, *rest = self.program.stages
            names, wanted = {name}, {*self._looked_at, *self._ties, *HANDED, STATES}
            stages = [moved(first, names, self.first, wanted)]
            stages += (moved(stage, {name, "tier", *names & {*HANDED}}, self.found.facts, {STATES}) for stage in rest)
            self.moving[name] = tuple(stages)
        return self.moving[name]

    def _ranks_alike(self, name: str, told: Mapping[str, Verdict], facts: Mapping[str, Might]) -> bool:
        """Tell whether the account ranks, or at least sits, alike from the least score to the most, whatever breaks its ties."""
        score, qualified, places = facts["score"], facts["qualified"], self.program.round
        if isinstance(score, Sure):
            low = high = self.rivals.place(_whole(score.value, places))
        elif isinstance(score, Span):
            low, high = (self.rivals.place(_whole(end, places)) for end in (score.low, score.high))
        else:
            return False
        if low == high and (low not in self.rivals.at or self._all_break_alike(low, facts)):
            return True
        if not isinstance(qualified, Sure):
            return False
        return self.rivals.alike(self._ranked(told, {"qualified": qualified.value, "score": None}), low, high, name)

    def _all_break_alike(self, place: int, facts: Mapping[str, Might]) -> bool:
        """Tell whether in every tier what breaks a tie does so alike."""
        return all(self._breaks_alike(seats.tie_break, place, facts) for seats in self.program.seating.tiers)

    def _breaks_alike(self, ties: Sequence[tuple[str, bool]], place: int, facts: Mapping[str, Might]) -> bool:
        for name, _ in ties:
            own = facts.get(name, Sure(None))
            if not isinstance(own, Sure):
                others: list[Any] = self.rivals.others(place, name)
                return isinstance(own, Span) and not any(other is not None and own.low <= other <= own.high for other in others)
        return True


def _whole(score: Value, places: int) -> int | None:
    """Return a score as the table keeps it."""
    return int(score * 10**places) if isinstance(score, Fraction) else None


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _confirm(found: Replay, search: Search, turn: Turn) -> None:
    """Decide the whole book again with the change, on columns, and this account on durable-rules.

    Raises:
        DisagreementError: KR509 an engine decides otherwise.
    """
    run: Run = found.run
    accounts = search.rivals.changed(turn.field.name, turn.to)
    name = "columnar" if run.engine == "columnar" else "reference"
    table = decide(run.ready.program, whole(accounts), backend(name), Spill()).frame()
    record = table[search.rivals.row : search.rivals.row + 1]
    made = (record["tier"].cast(pl.String).item(), record["state"].cast(pl.String).item())
    if made != turn.decision:
        message = f"{found.account['account_id']} with {turn.field.name} changed is {made} by {name}, {turn.decision} by the search"
        raise DisagreementError(Finding("KR509", message, None, "please report it with the policy"))
    compare(run, accounts[search.rivals.row : search.rivals.row + 1], record, WITNESS)
