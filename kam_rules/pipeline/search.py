"""The nearest value of one field that turns an account's decision, all other values and all other accounts as they are.

A stretch of values is left out only where it is proved that the decision is one and the same all along it; so a change
that is found is the smallest, and where none is found there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import polars as pl

from kam_rules.backends.reference import take
from kam_rules.model.outcome import Layout, Verdict, restore
from kam_rules.model.past import NAMES, SINCE, STREAK
from kam_rules.model.program import NOT_QUALIFIED, TIERS, Program, Stage
from kam_rules.model.tree import Value
from kam_rules.model.types import Field, Type
from kam_rules.pipeline import spans
from kam_rules.pipeline.assemble import AT_ONCE, GATES, KEPT, MET, STATES
from kam_rules.pipeline.decide import HANDED
from kam_rules.pipeline.flip import edges
from kam_rules.pipeline.line import Line
from kam_rules.pipeline.moved import moved
from kam_rules.pipeline.replay import Replay
from kam_rules.pipeline.rivals import Ranked, Rivals
from kam_rules.pipeline.spans import OPEN, Might, Span, Sure

SEATING = (TIERS, MET, KEPT, AT_ONCE)
"""The lists that seating looks at."""
STEPS = 20_000
"""Stretches of a field's values that are looked at on each side of its own before its question is left open."""
Decision = tuple[str | None, str | None]
"""Tier and state."""
NEVER: Decision = ("", "")
"""Whatever it is, it is proved not to be what is looked for."""


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
        past = (field_ for field_ in run.ready.program.fields if field_.name in NAMES)
        first = {one.name: restore(found.account[one.name], one.type, one.decimals) for one in past} | dict(found.facts)
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
            facts["tier"] = self.rivals.tier(self._ranked(told, facts["qualified"]), self._place(facts["score"]), facts, name)
            take(stages[1], facts)
        return facts

    def _place(self, score: Value) -> int:
        """Return where a score stands among those of the others."""
        whole = int(score * 10**self.program.round) if isinstance(score, Fraction) else None
        return self.rivals.place(whole)

    def _ranked(self, told: Mapping[str, Verdict], qualified: Value) -> Ranked:
        """Return what seating is told of the account, as a table keeps it; its score is left to where it stands."""
        return {**Layout(self.program.stages[0]).encode(told), "qualified": qualified, "score": None}

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
        try:
            best = self._best(field_, line, now)
        except _UnsettledError:
            return Turn(field_, now, unsettled=True)
        if best is None:
            return Turn(field_, now, none=True)
        return Turn(field_, now, line.value(best), self.decided(field_.name, line.value(best)))

    def _best(self, field_: Field, line: Line, now: Value) -> int | None:
        """Return the nearest place that turns the decision; on the same distance the lower one."""
        at = line.start(self.program.as_of) if now is None else line.place(now)
        above = self._nearest(field_, line, max(at if now is None else at + 1, line.least), line.most, up=True)
        least = line.least if above is None else max(line.least, 2 * at - above)
        below = self._nearest(field_, line, least, min(at - 1, line.most), up=False)
        return above if below is None else below

    def _nearest(self, field_: Field, line: Line, low: int, high: int, *, up: bool) -> int | None:
        """Return the first place of a stretch, seen from one end, that turns the decision; None: proved, none does."""
        stack = self._cut(field_, low, high)
        if up:
            stack.reverse()
        for _ in range(STEPS):
            if not stack:
                return None
            low, high = stack.pop()
            made = self.decided(field_.name, line.value(low)) if low == high else self._one(field_.name, line, low, high)
            if made is None:
                middle = (low + high) // 2
                halves = [(low, middle), (middle + 1, high)]
                stack += reversed(halves) if up else halves
            elif made is not NEVER and self.wanted(made):
                return low if up else high
        raise _UnsettledError

    def _cut(self, field_: Field, low: int, high: int) -> list[tuple[int, int]]:
        """Cut a stretch at every edge that the policy writes."""
        if low > high:
            return []
        near = {place + step for stage in self._moving(field_.name) for place in edges(stage, field_, self.first) for step in (0, 1)}
        near |= self._turns_of_history(field_.name)
        return [(start, end - 1) for start, end in pairwise([low, *sorted(place for place in near if low < place <= high), high + 1])]

    def alike(self, field_: Field, low: int, high: int) -> bool:
        """Tell whether it is proved that the decision is one and the same from one place of a field's line to another."""
        return self._one(field_.name, Line.of(field_), low, high) is not None

    def _one(self, name: str, line: Line, low: int, high: int) -> Decision | None:
        """Return the decision that is proved to be one and the same all along a stretch; None where that is not proved."""
        facts: dict[str, Might] = {**self._fixed, name: spans.along(line, low, high)}
        stages = self._moving(name)
        verdicts = spans.take(stages[0], facts)
        if any(verdicts.get(list_, ()) is None for list_ in self._looked_at) or not self._past_alike(name, low, high):
            return None
        if len(stages) > 1:
            if self.outcome is not None and self._never(name, self.outcome, facts):
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
        if wanted not in order:
            with_any = {**facts, "tier": OPEN}
            spans.take(self._moving(name)[1], with_any)
            state = with_any.get("state", OPEN)
            return isinstance(state, Sure) and wanted not in {state.value, NOT_QUALIFIED}
        eligible = facts.get("tier")
        if not isinstance(eligible, Sure) or seating.changes is not None or seating.inherit:
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
            others = (spans.count(other) for other in self.rivals.others(place, tie))
            return not any(other is not None and own.low <= other <= own.high for other in others)
        return isinstance(own, Sure)

    @staticmethod
    def _any(own: Might | None) -> Value:
        """Return one of the values that a figure has along a stretch."""
        return own.first if isinstance(own, Span) else own.value if isinstance(own, Sure) else None


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
