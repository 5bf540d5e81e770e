"""Look for accounts that reach something: a rule, an edge, a score. The same look every time finds the same.

What is found is decided anew by the reference engine; nothing here decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import TypeVar

from kam_rules.backends.reference import evaluate
from kam_rules.model.program import Derive, Hit, Program, RuleList
from kam_rules.model.tree import And, Compare, Const, Node, Not, Or, Read, Value, walk
from kam_rules.model.trial import Attempt
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.trials.attempt import decide, sources

POOL, TRIES, CLIMBS, MISSING = 250, 1200, 3, 15
ROUND = (-100_000, -1_000, 0, 1, 10, 100, 1_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000)
PERCENTS = (-20, 0, 1, 5, 10, 25, 40, 50, 60, 75, 90, 100, 110, 125, 150)
DAYS = (-2000, -1000, -400, -366, -365, -200, -180, -90, -30, -1, 0, 1, 30, 90, 180, 400)
FEW = 40
Choice = TypeVar("Choice")
Goal = Callable[[Attempt], Fraction]
Given = dict[str, Value]
Settle = Callable[[Given], Given]


class Draws:
    """A fixed sequence of choices: spread like chance, and the same every time, on every machine."""

    def __init__(self) -> None:
        """Begin at its start."""
        self.count = 0

    def below(self, number: int) -> int:
        """Return the next whole number from 0 to below `number`."""
        self.count += 1
        return int.from_bytes(sha256(str(self.count).encode()).digest()[:8]) % number

    def happens(self, percent: int) -> bool:
        """Tell whether what happens in so many of 100 cases happens now."""
        return self.below(100) < percent

    def one_of(self, items: Sequence[Choice]) -> Choice:
        """Return the next choice."""
        return items[self.below(len(items))]

    def some(self, items: Sequence[Choice], count: int) -> tuple[Choice, ...]:
        """Return so many different items, or all there are."""
        left = list(items)
        return tuple(left.pop(self.below(len(left))) for _ in range(min(count, len(left))))


@dataclass
class Explorer:
    """Draws accounts by the contract and changes them until a goal is reached."""

    program: Program
    as_of: dt.date
    draws: Draws = field(default_factory=Draws)
    pool_size: int = POOL
    pool: list[Attempt] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw the first accounts."""
        read = {f.name for stage in self.program.stages for f in stage.fields}
        self.fields = tuple(f for f in self.program.fields if f.name in read)
        literals = _literals(self.program)
        self.choices = {f.name: tuple(self._choices(f, literals.get(f.name, ()))) for f in self.fields}
        self.pool = [decide(self.program, self.draw()) for _ in range(self.pool_size)]

    def draw(self) -> dict[str, Value]:
        """Return a random account; a field that is not required may be missing."""
        found = {}
        for f in self.fields:
            if self.choices[f.name] and (f.required or not self.draws.happens(MISSING)):
                found[f.name] = self.draws.one_of(self.choices[f.name])
        return found

    def _choices(self, found: Field, literals: Iterable[Fraction]) -> Iterator[Value]:
        if found.type is Type.FLAG:
            yield from (True, False)
        elif found.type is Type.CATEGORY:
            yield from found.values
        elif found.type is Type.DATE:
            yield from (self.as_of + dt.timedelta(days) for days in DAYS)
        elif found.type is Type.TEXT:
            yield "text"
        else:
            plain = [Fraction(n, 100) for n in PERCENTS] if found.type is Type.RATIO else list(map(Fraction, ROUND))
            ends = [end for end in (found.least, found.most) if end is not None]
            whole = [n for n in range(FEW) if found.decimals == 0]
            unit = Fraction(1, 10**found.decimals)
            near = [literal + step for literal in literals for step in (-unit, 0, unit)]
            yield from sorted({n for n in (*plain, *ends, *map(Fraction, whole), *near) if fits(found, n)})

    def climb(self, goal: Goal, start: Attempt, names: tuple[str, ...], settle: Settle) -> Attempt | None:
        """Change one value after the other until the goal's distance is 0; None where that does not succeed."""
        best, distance = start, goal(start)
        names = tuple(name for name in names if self.choices.get(name))
        optional = {f.name for f in self.fields if not f.required}
        for _ in range(TRIES if names else 0):
            if distance == 0:
                break
            given = dict(best.given)
            for name in self.draws.some(names, self.draws.one_of((1, 1, 1, 2, 3))):
                given[name] = self.draws.one_of(self.choices[name])
                if name in optional and self.draws.happens(MISSING // 2):
                    del given[name]
            attempt = decide(self.program, settle(given))
            if (found := goal(attempt)) <= distance:
                best, distance = attempt, found
        return best if distance == 0 else None

    def reaching(self, goal: Goal, names: tuple[str, ...], starts: int, settle: Settle | None = None) -> Iterator[Attempt]:
        """Walk accounts that reach a goal: those of the pool, then those that climbing from the nearest ones finds.

        Args:
            goal: how far an account is from what is looked for.
            names: the fields that may change.
            starts: how many accounts of the pool to give at most.
            settle: what to put right in the values of every account before it is decided.
        """
        pool = self.pool if settle is None else [decide(self.program, settle(dict(attempt.given))) for attempt in self.pool]
        ranked = sorted((goal(attempt), i) for i, attempt in enumerate(pool))
        there = [pool[i] for distance, i in ranked[:starts] if distance == 0]
        yield from there
        for _, i in ranked[len(there) : len(there) + CLIMBS]:
            found = self.climb(goal, pool[i], names, settle or (lambda given: given))
            if found is not None:
                yield found

    def least(self, attempt: Attempt, keeps: Callable[[Attempt], bool]) -> Attempt:
        """Return the account without every value that is not needed to keep what was reached."""
        required = {f.name for f in self.fields if f.required}
        for name in tuple(attempt.given):
            if name not in required:
                fewer = decide(self.program, {key: value for key, value in attempt.given.items() if key != name})
                attempt = fewer if keeps(fewer) else attempt
        return attempt


def fits(found: Field, value: Fraction) -> bool:
    """Tell whether a number is one that the field's contract takes as it is."""
    low, high = found.plausible or (value, value)
    inside = (found.least is None or value >= found.least) and (found.most is None or value <= found.most) and low <= value <= high
    return inside and (value * 10**found.decimals).denominator == 1


def _literals(program: Program) -> dict[str, list[Fraction]]:
    """Return, by field, the numbers that something resting on it is compared with."""
    found: dict[str, dict[Fraction, None]] = {}
    types = {f.name: f.type for f in program.fields}
    for stage in program.stages:
        for step in stage.steps:
            tops = [step.node] if isinstance(step, Derive) else [rule.when for rule in step.rules]
            for node in (part for top in tops for part in walk(top)):
                match node:
                    case Compare(_, left, Const(Fraction() as literal, type_)):
                        for name in sources(program, left):
                            if type_ is types[name] or (type_ is Type.NUMBER and types[name].numeric):
                                found.setdefault(name, {})[literal] = None
    return {name: list(literals) for name, literals in found.items()}


@dataclass
class Distance:
    """How far an account is from a truth, seen through what lists decide and figures say."""

    program: Program

    def __post_init__(self) -> None:
        """Look up what stands behind each name."""
        steps = [step for stage in self.program.stages for step in stage.steps]
        self.flags = {step.name: step.node for step in steps if isinstance(step, Derive) and step.type is Type.FLAG}
        self.lists = {step.binds[0][0]: step for step in steps if isinstance(step, RuleList) and step.binds}

    def __call__(self, node: Node, facts: Mapping[str, Value], wanted: bool) -> Fraction:  # noqa: FBT001 - the truth wanted
        """Return 0 where the condition has the truth, and more for each part that would have to turn."""
        if evaluate(node, facts) is wanted:
            return Fraction(0)
        match node:
            case Not(item):
                return self(item, facts, not wanted)
            case And(items) | Or(items):
                parts = [self(item, facts, wanted) for item in items]
                return sum(parts, Fraction(0)) if isinstance(node, And) is wanted else min(parts)
            case Compare(op, Read(name), Const(word)) if name in self.lists:
                return self._given(self.lists[name], word, facts, (op == "=") is wanted)
            case Compare(_, left, right):
                a, b = evaluate(left, facts), evaluate(right, facts)
                if isinstance(a, Fraction) and isinstance(b, Fraction):
                    return 1 + abs(a - b) / (abs(a - b) + abs(b) + 1)
                return Fraction(3) if a is None or b is None else Fraction(2)
            case Read(name) if name in self.flags:
                return self(self.flags[name], facts, wanted)
            case _:
                return Fraction(2)

    def deciding(self, rules: RuleList, index: int, facts: Mapping[str, Value]) -> Fraction:
        """Return how far an account is from one for which a rule decides its list."""
        return self(rules.rules[index].when, facts, wanted=True) + self.others(rules, index, facts)

    def others(self, rules: RuleList, index: int, facts: Mapping[str, Value]) -> Fraction:
        """Return how far an account is from one for which no other rule stands in the way of a rule."""
        first, unique = rules.hit is Hit.FIRST, rules.hit is Hit.UNIQUE
        others = [rule.when for i, rule in enumerate(rules.rules) if (first and i < index) or (unique and i != index)]
        return sum((self(other, facts, wanted=False) for other in others), Fraction(0))

    def _given(self, rules: RuleList, word: Value, facts: Mapping[str, Value], wanted: bool) -> Fraction:  # noqa: FBT001 - see above
        """Return how far an account is from one to which a list gives a word, or does not."""
        giving = [i for i, rule in enumerate(rules.rules) if (evaluate(rule.gives[0], {}) == word) is wanted]
        return min((self.deciding(rules, i, facts) for i in giving), default=Fraction(9)) + 1
