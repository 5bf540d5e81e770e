"""One account decided anew with one value changed, all else as it is: with a value, or with every value of a stretch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import polars as pl

from kam_rules.backends.reference import take
from kam_rules.model.outcome import Layout, Verdict, restore
from kam_rules.model.past import NAMES, SINCE, STREAK
from kam_rules.model.program import NOT_QUALIFIED, TIERS, Program, Stage
from kam_rules.model.tree import Value
from kam_rules.model.types import Field
from kam_rules.pipeline import spans
from kam_rules.pipeline.assemble import AT_ONCE, GATES, KEPT, MET, STATES
from kam_rules.pipeline.decide import HANDED
from kam_rules.pipeline.flip import edges
from kam_rules.pipeline.line import Line
from kam_rules.pipeline.moved import moved
from kam_rules.pipeline.replay import Replay
from kam_rules.pipeline.rivals import Ranked, Rivals
from kam_rules.pipeline.slopes import OPEN, Might, Span, Sure, count

SEATING = (TIERS, MET, KEPT, AT_ONCE)
"""The lists that seating looks at."""
Decision = tuple[str | None, str | None]
"""Tier and state."""
NEVER: Decision = ("", "")
"""Whatever it is, it is proved not to be what is looked for."""


@dataclass
class Anew:
    """One account of a run.

    `first` are its values and what the first stage makes of them, `told` what that stage's lists decide of it as it is.
    """

    found: Replay
    rivals: Rivals
    first: dict[str, Value]
    told: Mapping[str, Verdict]
    moved: dict[str, tuple[Stage, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Replay, frames: tuple[pl.DataFrame, pl.DataFrame] | None = None) -> Anew:
        """Return one account; `frames` are the accounts and the record of the run where they are at hand."""
        program = found.run.ready.program
        accounts, record = frames or (found.run.book.table.frame(), found.run.table.frame())
        row = int((accounts["account_id"] == found.account["account_id"]).arg_true()[0])
        past = (one for one in program.fields if one.name in NAMES)
        first = {one.name: restore(found.account[one.name], one.type, one.decimals) for one in past} | dict(found.facts)
        told = take(program.stages[0], first).verdicts
        return cls(found, Rivals.of(program, row, accounts, record), first, told)

    @property
    def program(self) -> Program:
        """The program of the run."""
        return self.found.run.ready.program

    # --- one value

    def moving(self, name: str) -> tuple[Stage, ...]:
        """Return the stages with only what a field, or the tier that it may move, has a part in."""
        if name not in self.moved:
            first, *rest = self.program.stages
            names, wanted = {name}, {*self._looked_at, *self._ties, *HANDED, STATES}
            stages = [moved(first, names, self.first, wanted)]
            stages += (moved(stage, {name, "tier", *names & {*HANDED}}, self.found.facts, {STATES}) for stage in rest)
            self.moved[name] = tuple(stages)
        return self.moved[name]

    def idle(self, name: str) -> bool:
        """Tell whether a field has no part in what the tier or the state of this account comes from."""
        return name not in {*self._ties, *NAMES} and not any(stage.steps for stage in self.moving(name))

    @cached_property
    def _ties(self) -> set[str]:
        """What breaks ties."""
        return {tie for seats in self.program.seating.tiers for tie, _ in seats.tie_break}

    def decided(self, name: str, value: Value) -> Decision:
        """Return the tier and state of the account with a value of a field."""
        facts, stages = {**self.first, name: value}, self.moving(name)
        told = {**self.told, **take(stages[0], facts).verdicts}
        if len(stages) > 1:
            facts["tier"] = self.rivals.tier(self._ranked(told, facts["qualified"]), self._place(facts["score"]), facts, name)
            take(stages[1], facts)
        return _text(facts["tier"]), _text(facts["state"])

    def _place(self, score: Value) -> int:
        """Return where a score stands among those of the others."""
        whole = int(score * 10**self.program.round) if isinstance(score, Fraction) else None
        return self.rivals.place(whole)

    def _ranked(self, told: Mapping[str, Verdict], qualified: Value) -> Ranked:
        """Return what seating is told of the account, as a table keeps it; its score is left to where it stands."""
        return {**Layout(self.program.stages[0]).encode(told), "qualified": qualified, "score": None}

    # --- a stretch of values

    def cuts(self, field_: Field) -> set[int]:
        """Return the places of a field's line from which on an edge of the policy, a wait or a count of reviews may be passed."""
        near = {place + step for stage in self.moving(field_.name) for place in edges(stage, field_, self.first) for step in (0, 1)}
        return near | self._turns_of_history(field_.name)

    def alike(self, field_: Field, low: int, high: int) -> bool:
        """Tell whether it is proved that the decision is one and the same from one place of a field's line to another."""
        return self.along(field_.name, Line.of(field_), low, high) is not None

    def along(self, name: str, line: Line, low: int, high: int, outcome: str | None = None) -> Decision | None:
        """Return the decision that is proved to be one and the same all along a stretch.

        Args:
            name: the field.
            line: its values.
            low: the first place of the stretch.
            high: its last.
            outcome: the tier or state that is looked for, if only one is.

        Returns:
            The decision; `NEVER` where it is proved not to come to the outcome; None where nothing is proved.
        """
        facts: dict[str, Might] = {**self._fixed, name: spans.along(line, low, high)}
        stages = self.moving(name)
        verdicts = spans.take(stages[0], facts)
        if any(verdicts.get(list_, ()) is None for list_ in self._looked_at) or not self._past_alike(name, low, high):
            return None
        if len(stages) > 1:
            if outcome is not None and self._never(name, outcome, facts):
                return NEVER
            told = {**self.told, **{key: one for key, one in verdicts.items() if one is not None}}
            sits = self._sits(name, line.value(low), told, facts)
            if sits is None:
                return None
            facts["tier"] = sits
            verdicts = spans.take(stages[1], facts)
        tier, state = facts["tier"], facts["state"]
        if verdicts.get(STATES, ()) is None or not isinstance(tier, Sure) or not isinstance(state, Sure):
            return None
        return _text(tier.value), _text(state.value)

    @cached_property
    def _looked_at(self) -> tuple[str, ...]:
        """The lists that seating looks at."""
        return SEATING if self.program.seating.changes is None else (*SEATING, GATES)

    def _turns_of_history(self, name: str) -> set[int]:
        """Return the places of a fact of history from which on another wait, or another count of reviews, holds."""
        changes, on = self.program.seating.changes, self.program.on
        if changes is None or on is None:
            return set()
        return {SINCE: {on.toordinal() - changes.wait_at_least + 1}, STREAK: {changes.demote_after - 1}}.get(name, set())

    def _past_alike(self, name: str, low: int, high: int) -> bool:
        """Tell whether what history is held against stays on one side."""
        return not any(low < place <= high for place in self._turns_of_history(name))

    def _never(self, name: str, wanted: str, facts: Mapping[str, Might]) -> bool:
        """Tell whether no seat can give what is wanted: a seat is never above the tier that an account is eligible for."""
        seating = self.program.seating
        order = [seats.tier for seats in seating.tiers]
        if wanted not in {*order, NOT_QUALIFIED}:
            with_any = {**facts, "tier": OPEN}
            spans.take(self.moving(name)[1], with_any)
            state = with_any.get("state", OPEN)
            return isinstance(state, Sure) and state.value != wanted
        eligible = facts.get("tier")
        if not isinstance(eligible, Sure) or seating.changes is not None or seating.inherit:
            return False
        return eligible.value not in (order[: order.index(wanted) + 1] if wanted in order else {NOT_QUALIFIED})

    @cached_property
    def _fixed(self) -> dict[str, Might]:
        """Every value and figure of the account as it is."""
        return {name: Sure(value) for name, value in self.first.items()}

    def _sits(self, name: str, value: Value, told: Mapping[str, Verdict], facts: Mapping[str, Might]) -> Sure | None:
        """Return the tier in which the account sits from the least score to the most, whatever breaks its ties; None: not proved."""
        score, qualified = facts["score"], facts["qualified"]
        if not isinstance(score, Sure | Span) or not isinstance(qualified, Sure):
            return None
        ranked = self._ranked(told, qualified.value)
        held = {tie: self._any(facts.get(tie)) for tie in self._ties} | {name: value}
        low, high = map(self._place, (score.low, score.high) if isinstance(score, Span) else (score.value, score.value))
        if low == high and low in self.rivals.at and self._all_break_alike(low, facts):
            return Sure(self.rivals.tier(ranked, low, held, name))
        return self.rivals.alike(ranked, low, high, held, name)

    def _all_break_alike(self, place: int, facts: Mapping[str, Might]) -> bool:
        """Tell whether in every tier what breaks a tie does so alike."""
        return all(self._breaks_alike(tie, place, facts.get(tie, Sure(None))) for tie in self._ties)

    def _breaks_alike(self, tie: str, place: int, own: Might) -> bool:
        if isinstance(own, Span):
            others = (count(other) for other in self.rivals.others(place, tie))
            return not any(other is not None and own.low <= other <= own.high for other in others)
        return isinstance(own, Sure)

    @staticmethod
    def _any(own: Might | None) -> Value:
        """Return one of the values that a figure has along a stretch."""
        return own.first if isinstance(own, Span) else own.value if isinstance(own, Sure) else None


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
