"""Two policies side by side: accounts that both can read, decided by each, and conditions laid out in the accounts' own fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from kam_rules.model.policy import Policy
from kam_rules.model.program import Criterion, Derive, Program, Rule, RuleList
from kam_rules.model.tree import Const, Node, Read, Value, reads, rebuild, walk
from kam_rules.model.trial import Attempt
from kam_rules.model.types import Field
from kam_rules.pipeline.analyse.account import Examples
from kam_rules.pipeline.analyse.ground import ground
from kam_rules.pipeline.analyse.scores import FULL
from kam_rules.pipeline.analyse.world import World, add_field, world_of
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.trials.attempt import decide
from kam_rules.pipeline.trials.explore import Explorer

GIVEN = {"score", "coverage"}
"""Figures that are taken as they come: what a condition says of them is compared, not how they are worked out."""
Pair = tuple[Attempt, Attempt]


@dataclass(frozen=True)
class Side:
    """One policy with its program for its first day, in which every assumption is a figure."""

    policy: Policy
    program: Program

    @cached_property
    def figures(self) -> dict[str, Node]:
        """What is worked out, by name."""
        steps = (step for stage in self.program.stages for step in stage.steps)
        return {step.name: step.node for step in steps if isinstance(step, Derive) and step.name not in GIVEN}

    @cached_property
    def lists(self) -> dict[str, RuleList]:
        """The rule lists by id."""
        return {found.id: found for found in self.program.lists}

    def rule(self, list_id: str, id_: str) -> Rule | None:
        """Return one rule, if it is there."""
        found = self.lists.get(list_id)
        return None if found is None else next((rule for rule in found.rules if rule.id == id_), None)

    def criterion(self, id_: str) -> Criterion | None:
        """Return one criterion, if it is there."""
        return next((found for found in self.program.criteria if found.id == id_), None)

    def inlined(self, node: Node) -> Node:
        """Return a tree that reads the accounts' own fields and what lists decide, names of figures and constants gone."""

        def change(part: Node) -> Node:
            if isinstance(part, Read) and part.name in self.figures:
                return self.inlined(self.figures[part.name])
            return Const(part.value, part.type) if isinstance(part, Const) else part

        return rebuild(node, change)

    def read(self, node: Node) -> set[str]:
        """Return every name below a tree: fields, figures and what they read, assumptions."""
        found = set(reads(node)) | {part.name for part in walk(node) if isinstance(part, Const) and part.name}
        for name in tuple(found):
            if name in self.figures:
                found |= self.read(self.figures[name])
        return found


@dataclass(frozen=True)
class Sides:
    """Both policies; `pairs` are accounts that were drawn by both contracts, decided by each."""

    old: Side
    new: Side
    pairs: list[Pair] = field(default_factory=list)

    @property
    def both(self) -> tuple[Side, Side]:
        """The older and the newer."""
        return self.old, self.new

    def decided(self, given: Mapping[str, Value]) -> Pair:
        """Return one account as each policy decides it, each from the fields that it has."""
        first, second = (decide(side.program, _own(side.program, given)) for side in self.both)
        return first, second

    def account(self, facts: Mapping[str, Value]) -> Pair:
        """Return the account that facts tell of, as each policy decides it."""
        names = {found.name for side in self.both for found in side.program.fields}
        return self.decided({name: value for name, value in facts.items() if name in names and value is not None})

    def fits(self, given: Mapping[str, Value]) -> bool:
        """Tell whether both contracts take an account as it is."""
        return all(_fits(found, given) for side in self.both for found in side.program.fields)

    def least(self, given: Mapping[str, Value], keeps: Callable[[Pair], bool]) -> Pair:
        """Return an account without every value that is not needed to keep what it shows."""
        needed = {found.name for side in self.both for found in side.program.fields if found.required}
        kept = dict(given)
        for name in tuple(kept):
            if name not in needed:
                fewer = {key: value for key, value in kept.items() if key != name}
                kept = fewer if keeps(self.decided(fewer)) else kept
        return self.decided(kept)

    @cached_property
    def examples(self) -> Examples:
        """Makes accounts that both contracts allow, or either: see `world`."""
        here = ground(self.new.policy, self.new.policy.start, {})
        _widen(here.meaning.world, self.old.program, self.new.policy)
        return Examples(self.new.program, here.meaning, here.reach, {})


def sides(old: Policy, new: Policy) -> Sides:
    """Return both policies, each with the assumptions of its first day; days are counted to the newer one's first day."""
    first, second = (Side(policy, compile_policy(policy, new.start, policy.start).program) for policy in (old, new))
    found = Sides(first, second)
    for side in found.both:
        drawn = Explorer(side.program, new.start).pool
        found.pairs.extend(found.decided(attempt.given) for attempt in drawn if found.fits(attempt.given))
    return found


def _own(program: Program, given: Mapping[str, Value]) -> dict[str, Value]:
    return {found.name: given[found.name] for found in program.fields if found.name in given}


def _fits(found: Field, given: Mapping[str, Value]) -> bool:
    value = given.get(found.name)
    if value is None:
        return not found.required
    if isinstance(value, Fraction):
        low, high = found.plausible or (value, value)
        inside = (found.least is None or value >= found.least) and (found.most is None or value <= found.most)
        return inside and low <= value <= high and (value * 10**found.decimals).denominator == 1
    return not found.values or value in found.values


def _widen(world: World, program: Program, policy: Policy) -> None:
    """Let a world hold the accounts of an older contract, too: what is proved of more accounts is proved of fewer."""
    for found in program.fields:
        if found.name not in world.fields:
            add_field(world, found, policy.start)
        elif not found.required:
            world.optional.add(found.name)
        other = World()
        add_field(other, found, policy.start)
        here, there = world.numbers.get(found.name), other.numbers.get(found.name)
        if here is not None and there is not None and here.places == there.places:
            low = None if here.low is None or there.low is None else min(here.low, there.low)
            high = None if here.high is None or there.high is None else max(here.high, there.high)
            world.numbers[found.name] = type(here)(low, high, here.places, here.wished, here.type)
        words, others = world.words.get(found.name), other.words.get(found.name)
        if words and others:
            world.words[found.name] = tuple(dict.fromkeys((*words, *others)))
        elif found.name in world.words:
            world.words[found.name] = None
    for name, words in world_of(program, policy.start, (Fraction(0), FULL), {}).words.items():
        if name in {"tier", "state"}:
            world.words[name] = tuple(dict.fromkeys((*(world.words[name] or ()), *(words or ()))))
