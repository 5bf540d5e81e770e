"""Conditions as plain functions: the reference engine's meaning, made once and asked many times."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from kam_rules.backends.reference import COMPARE, evaluate
from kam_rules.model.tree import ZERO, And, Compare, Const, Known, Node, Not, Or, Read, Value, reads, walk
from kam_rules.pipeline.analyse.ground import Reading
from kam_rules.pipeline.analyse.world import FINE, World

Ask = Callable[[Reading], Value]
PLAIN = (And, Or, Not, Compare, Read, Const, Known)


class Quick:
    """The conditions of a list, asked of accounts whose figures are worked out once."""

    def __init__(self, conditions: Sequence[Node], world: World, loose: Mapping[str, Node]) -> None:
        """Make a function of every condition."""
        self.asks = [ask_of(node) for node in conditions]
        self.world, self.loose = world, loose
        self.read = tuple(dict.fromkeys(name for node in conditions for name in reads(node)))
        self.plain = all(isinstance(part, PLAIN) for node in conditions for part in walk(node))

    def truth(self, i: int, facts: Reading) -> Value:
        """Return the truth of a condition for an account."""
        return self.asks[i](facts)

    def sure(self, facts: Reading) -> bool:
        """Tell whether no condition is unknown: everything that they read is known, and they only compare."""
        return self.plain and all(facts[name] is not None for name in self.read)

    def units(self, facts: Reading, name: str) -> int | None:
        """Return a number in its units, the whole ones of a term that may lie between two."""
        if name in self.world.ratios:
            return self._quotient(facts, name)
        value = self._value(facts, name)
        if isinstance(value, dt.date):
            return value.toordinal()
        return math.floor(value * 10 ** self.world.numbers[name].places) if isinstance(value, Fraction) else None

    def _value(self, facts: Reading, name: str) -> Value:
        """Return a number by its name, or by the term that it stands for."""
        return evaluate(self.loose[name], facts) if name in self.loose else facts[name]

    def _quotient(self, facts: Reading, name: str) -> int | None:
        sides = []
        for side in self.world.ratios[name]:
            values = [(by, self._value(facts, n) if n else Fraction(1)) for n, by in side.items()]
            if any(not isinstance(value, Fraction) for _, value in values):
                return None
            sides.append(sum((by * value for by, value in values if isinstance(value, Fraction)), ZERO))
        if not sides[1]:
            return None
        whole, rest = divmod(sides[0] / sides[1] * FINE, 1)
        return 2 * int(whole) + bool(rest)

    def present(self, facts: Reading, name: str) -> object:
        """Return a word, or whether a number is known; None where it is missing."""
        if name in self.world.numbers:
            return None if self.units(facts, name) is None else 0
        return facts[name]


def ask_of(node: Node) -> Ask:
    """Return a condition as a function of an account."""
    match node:
        case And(items):
            return _all([ask_of(item) for item in items], wins=False)
        case Or(items):
            return _all([ask_of(item) for item in items], wins=True)
        case Not(item):
            inner = ask_of(item)
            return lambda facts: None if (truth := inner(facts)) is None else not truth
        case Compare(op, Read(name), Const(edge)) if edge is not None:
            test = COMPARE[op]
            return lambda facts: None if (value := facts.get(name)) is None else test(value, edge)
        case _:
            return lambda facts: evaluate(node, facts)


def _all(asks: list[Ask], *, wins: bool) -> Ask:
    def ask(facts: Reading) -> Value:
        unknown = False
        for item in asks:
            truth = item(facts)
            if truth is wins:
                return wins
            unknown = unknown or truth is None
        return None if unknown else not wins

    return ask
