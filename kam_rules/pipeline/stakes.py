"""What one answer about one account could ask for: the values that ask for least, for most, and that take it out of the quota.

An account is decided by the reference engine with one value changed. Its seat is looked for among all others only where the
tiers that it could come to sit in differ in what they ask. Of a number or day a stretch of values is left out only where it is
proved that no value there is wanted; so what is found is the least, the most and the nearest, as in `turn`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from kam_rules.backends.reference import evaluate, take
from kam_rules.model.amounts import half_even
from kam_rules.model.outcome import Verdict, store
from kam_rules.model.program import NOT_QUALIFIED, TIERS, Hit, Program, RuleList, Stage
from kam_rules.model.tree import Value
from kam_rules.model.types import Field
from kam_rules.pipeline import spans
from kam_rules.pipeline.anew import Anew
from kam_rules.pipeline.assemble import MET, STATES
from kam_rules.pipeline.line import Line
from kam_rules.pipeline.moved import settled
from kam_rules.pipeline.paths import TARGET, Path, without
from kam_rules.pipeline.replay import Replay
from kam_rules.pipeline.slopes import Might, Span, Sure
from kam_rules.pipeline.spans import might


@dataclass(frozen=True, slots=True)
class Answer:
    """One value of a field, and what it asks of a holder, in smallest units; out of scope, an account is in nobody's quota."""

    value: Value
    quota: int
    scope: bool = True


@dataclass(frozen=True, slots=True)
class Bound:
    """What a state and a tier ask along a stretch of values, from `low` to `high`; both None where that is open."""

    state: Value
    tier: Value
    low: int | None
    high: int | None
    scope: bool


@dataclass
class Stakes:
    """One field of one account.

    Attributes:
        found: the account.
        path: how the field leads to what is asked of it.
        seats: finds its seat among all others.
        told: what the first stage decides of the account as it is.
    """

    found: Replay
    path: Path
    seats: Callable[[], Anew]
    told: Mapping[str, Verdict]
    known: dict[tuple[Value, Value], Bound | None] = field(default_factory=dict)

    @property
    def field(self) -> Field:
        """The field."""
        return self.path.field

    @property
    def program(self) -> Program:
        """The program of the run."""
        return self.path.program

    @cached_property
    def stages(self) -> tuple[Stage, Stage, Stage]:
        """The steps of the path with all that is settled of the account put in."""
        ranking, stating, asking = (settled(*each, self.found.facts) for each in zip(self.path.stages, self.path.names, strict=True))
        return ranking, stating, asking

    # --- one value

    def recorded(self) -> Answer | None:
        """Return what is asked as it is."""
        return self._answer(self.found.facts.get(self.field.name), dict(self.found.facts), self.found.record["tier"])

    def asked(self, value: Value) -> Answer | None:
        """Return what is asked with a value; None where the account stays undecided."""
        facts = {**self.found.facts, self.field.name: value}
        told = {**self.told, **take(self.path.stages[0], facts).verdicts}
        answers = {self._answer(value, facts, tier) for tier in self._seats({self._eligible(told)}, self._met(told))}
        if len(answers) == 1:
            return answers.pop()
        return self._answer(value, facts, self.seats().decided(self.field.name, value)[0])

    def _eligible(self, told: Mapping[str, Verdict]) -> Value:
        rule = told[TIERS].rule
        return None if rule is None else evaluate(self.program.list(TIERS).rules[rule].gives[0], {})

    def _met(self, told: Mapping[str, Verdict]) -> list[Might]:
        met = told.get(MET, Verdict())
        return [Sure(None if met.unknown >> i & 1 else bool(met.true >> i & 1)) for i in range(len(self.program.seating.tiers))]

    def _answer(self, value: Value, facts: dict[str, Value], tier: Value) -> Answer | None:
        facts = {**facts, "tier": tier}
        take(self.path.stages[1], facts)
        take(self.path.stages[2], facts)
        amount = facts[TARGET]
        if not isinstance(amount, Fraction) or self._undecided(tier):
            return None
        scope = self._within(facts["state"], tier)
        return Answer(value, self._whole(amount) if scope else 0, scope)

    def _whole(self, amount: Fraction) -> int:
        found = store(half_even(amount, self.program.minor), self.program.minor)
        assert isinstance(found, int), "an amount is stored in smallest units"
        return found

    def _undecided(self, tier: Value) -> bool:
        policy = self.program.reconciliation
        return tier is None and policy is not None and bool(policy.tiers)

    def _within(self, state: Value, tier: Value) -> bool:
        policy = self.program.reconciliation
        return policy is None or ((not policy.tiers or tier in policy.tiers) and (not policy.states or state in policy.states))

    def _seats(self, eligible: set[Value], met: Sequence[Might]) -> set[Value]:
        """Return the tiers in which an account may come to sit, of those that it is eligible for and what it meets below."""
        seating = self.program.seating
        if not self.path.seats:
            return {self.found.record["tier"]}
        if len(self.program.stages) == 1:
            return eligible
        order: list[Value] = [seats.tier for seats in seating.tiers]
        if seating.changes is not None or seating.inherit:
            return {*order, NOT_QUALIFIED, None}
        found = set[Value]()
        for tier in eligible:
            found |= {tier} if tier not in order else {tier, *self._below(order, order.index(tier), met)}
        return found

    def _below(self, order: Sequence[Value], place: int, met: Sequence[Might]) -> Iterator[Value]:
        """Walk down from a tier as far as seats may be wanting; None where nothing is known to be met."""
        for i in range(place + 1, len(order)):
            if not self._bounded(place):
                return
            if met[i] != Sure(value=False):
                yield order[i]
            if met[i] == Sure(value=True):
                place = i
            elif met[i] != Sure(value=False):
                yield None
        if self._bounded(place):
            yield None

    def _bounded(self, place: int) -> bool:
        seating = self.program.seating
        return seating.tiers[place].capacity is not None or (seating.at_most is not None and seating.tiers[place].tier in seating.key_tiers)

    # --- a stretch of values

    @cached_property
    def line(self) -> Line:
        """The values of the field, in a row."""
        return Line.of(self.field)

    def bounds(self, low: int, high: int) -> tuple[Bound, ...]:
        """Return what may be asked from one place to another, by state and tier; an undecided account asks for nothing."""
        facts = {**self._sure, self.field.name: spans.along(self.line, low, high)}
        tiers = self._tiers(facts) if self.whole is None else {self.whole}
        return tuple(bound for tier in tiers if not self._undecided(tier) for bound in self._of(tier, facts))

    @cached_property
    def whole(self) -> Value:
        """A tier that stands for all in which the account may come to sit, whatever the field says; None where they ask otherwise."""
        line, policy = self.line, self.program.reconciliation
        tiers = self._tiers({**self._sure, self.field.name: spans.along(line, line.least, line.most)}) - {None}
        alike = policy is None or not policy.tiers or tiers <= {*policy.tiers} or not tiers & {*policy.tiers}
        return min(map(str, tiers)) if tiers and alike and not self.path.by_tier else None

    def _tiers(self, facts: dict[str, Might]) -> set[Value]:
        ranking = self.stages[0]
        spans.take(without(ranking, TIERS, MET), facts)
        lists = {rules.id: rules for rules in ranking.lists}
        eligible = _may(lists[TIERS], facts) if TIERS in lists else {self._eligible(self.told)}
        met = [might(rule.when, facts) for rule in lists[MET].rules] if MET in lists else self._met(self.told)
        return self._seats(eligible, met)

    def _of(self, tier: Value, facts: Mapping[str, Might]) -> Iterator[Bound]:
        here = {**facts, "tier": Sure(tier)}
        spans.take(without(self.stages[1], STATES), here)
        states = next((rules for rules in self.stages[1].lists if rules.id == STATES), None)
        for state in {self.found.facts["state"]} if states is None else _may(states, here):
            key = state, tier
            if key not in self.known or self.path.direct:
                self.known[key] = self._bound(state, tier, {**here, "state": Sure(state)})
            if (found := self.known[key]) is not None:
                yield found

    def _bound(self, state: Value, tier: Value, facts: dict[str, Might]) -> Bound | None:
        spans.take(self.stages[2], facts)
        scope = self._within(state, tier)
        match facts[TARGET]:
            case Sure(Fraction() as amount):
                return Bound(state, tier, self._whole(amount), self._whole(amount), scope)
            case Span(low=low, high=high):
                return Bound(state, tier, self._whole(low), self._whole(high), scope)
            case Sure():
                return None
        return Bound(state, tier, None, None, scope)

    @cached_property
    def _sure(self) -> dict[str, Might]:
        """Every value and figure of the account as it is."""
        return {name: Sure(value) for name, value in self.found.facts.items()}

    def alike(self, bounds: Iterable[Bound], low: int, high: int) -> bool:
        """Tell whether a stretch asks for one and the same because it is seated alike all along, where only the seat is in doubt."""
        by_state: dict[Value, set[tuple[object, ...]]] = {}
        for one in bounds:
            by_state.setdefault(one.state, set()).add((one.low, one.high, one.scope))
        seats_matter = any(len(told) > 1 for told in by_state.values())
        return seats_matter and not self.path.direct and self.seats().alike(self.field, low, high)


def _may(rules: RuleList, facts: Mapping[str, Might]) -> set[Value]:
    """Return what a list may give; None where nothing may be decided."""
    found = set[Value]()
    for rule in rules.rules:
        truth = might(rule.when, facts)
        if truth == Sure(value=False):
            continue
        found.add(evaluate(rule.gives[0], {}))
        if truth == Sure(value=True) and rules.hit is Hit.FIRST:
            return found
        found.add(None)
    return found or {None}
