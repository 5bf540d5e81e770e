"""One value of an account moved along its field: numbers and days in their smallest steps, words and flags one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

from kam_rules.model.tree import Value
from kam_rules.model.trial import Attempt
from kam_rules.model.types import Type
from kam_rules.pipeline.trials.attempt import decide
from kam_rules.pipeline.trials.explore import Explorer, fits

Margin = Callable[[Fraction], Fraction | None]


class Walker:
    """Moves values of accounts within the contract."""

    def __init__(self, explorer: Explorer) -> None:
        """Take the fields and their likely values from an explorer."""
        self.program, self.choices = explorer.program, explorer.choices
        self.contract = {f.name: f for f in explorer.fields}

    def moves(self, name: str) -> bool:
        """Tell whether a field's values can be walked: numbers and days in steps, words and flags one by one."""
        return name in self.contract and self.contract[name].type is not Type.TEXT

    def at(self, attempt: Attempt, name: str, at: Fraction) -> Attempt:
        """Return the account with another value of one field, counted in its smallest steps."""
        return decide(self.program, {**attempt.given, name: self.value(name, at)})

    def moved(self, attempt: Attempt, name: str, step: int) -> Attempt | None:
        """Return the account with one value moved by steps; None where the contract does not take it."""
        if name not in attempt.given:
            return None
        at = self.place(name, attempt.given[name]) + step
        if self.words(name):
            return self.at(attempt, name, at) if 0 <= at < len(self.choices[name]) else None
        value = self.value(name, at)
        return self.at(attempt, name, at) if not isinstance(value, Fraction) or fits(self.contract[name], value) else None

    def changes(self, name: str, margin: Margin) -> Iterator[tuple[Fraction, Fraction]]:
        """Walk neighbouring places between which the margin changes its sign, by halving between places that differ."""
        places = sorted({self.place(name, value) for value in self.choices[name]})
        told = [(place, _sign(found)) for place in places if (found := margin(place)) is not None]
        for (low, before), (high, after) in pairwise(told):
            if before != after:
                yield from _halve(low, high, margin)

    def words(self, name: str) -> bool:
        """Tell whether a field holds words or flags, which stand in the order of its contract."""
        return self.contract[name].type in {Type.CATEGORY, Type.FLAG}

    def place(self, name: str, value: Value) -> Fraction:
        """Return a value as a whole number of steps."""
        if self.words(name):
            return Fraction(self.choices[name].index(value))
        if isinstance(value, dt.date):
            return Fraction(value.toordinal())
        assert isinstance(value, Fraction)
        return value * Fraction(10) ** self.contract[name].decimals

    def value(self, name: str, at: Fraction) -> Value:
        """Return the value that lies so many steps from 0."""
        if self.words(name):
            return self.choices[name][int(at)]
        found = self.contract[name]
        return dt.date.fromordinal(int(at)) if found.type is Type.DATE else at / Fraction(10) ** found.decimals


def _sign(margin: Fraction) -> int:
    return (margin > 0) - (margin < 0)


def _halve(low: Fraction, high: Fraction, margin: Margin) -> Iterator[tuple[Fraction, Fraction]]:
    """Walk the neighbours between which the margin turns negative, and those between which it turns positive."""
    for positive in (False, True):
        left, right = low, high
        first = _side(margin(left), positive)
        if first == _side(margin(right), positive):
            continue
        while right - left > 1:
            middle = Fraction((left + right) // 2)
            left, right = (middle, right) if _side(margin(middle), positive) == first else (left, middle)
        yield left, right


def _side(margin: Fraction | None, positive: bool) -> bool | None:  # noqa: FBT001 - which of two edges
    return None if margin is None else margin > 0 if positive else margin >= 0
