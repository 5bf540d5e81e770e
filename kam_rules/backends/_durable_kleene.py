"""Kleene's logic in formulas: what must be seen of an account for a condition to be true, false or unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from kam_rules.backends._durable_logic import ALWAYS, NEVER, Formula, cost, every, rules, some
from kam_rules.model.tree import Value


class Kleene(NamedTuple):
    """A condition as formulas.

    Attributes:
        true: it is true.
        false: it is false.
        unknown: it is unknown.
        maybe: it is not false.
        doubtful: it is not true.
        gap: something is missing that may make it unknown; without a gap it is true or false.
    """

    true: Formula
    false: Formula
    unknown: Formula
    maybe: Formula
    doubtful: Formula
    gap: Formula

    @property
    def twin(self) -> Formula:
        """The unknown condition of a rule: something is missing, and it is not false; where it is true, true wins."""
        return every(self.gap, self.maybe)

    @property
    def fits(self) -> bool:
        """Tell whether the condition and its opposite can be asked, each with its twin."""
        asked = (self.true, self.false, self.twin, every(self.gap, self.doubtful))
        return all(rules(formula) is not None for formula in asked)

    @property
    def weight(self) -> int:
        """How much there is to it; a single test of one operand has the least."""
        return cost(self.true).leaves + cost(self.false).leaves + cost(self.maybe).leaves


SINGLE = 4
"""The weight of one comparison of a value with a literal; nothing weighs less."""

CONSTANT: Mapping[Value, Kleene] = {
    True: Kleene(ALWAYS, NEVER, NEVER, ALWAYS, NEVER, NEVER),
    False: Kleene(NEVER, ALWAYS, NEVER, NEVER, ALWAYS, NEVER),
    None: Kleene(NEVER, NEVER, ALWAYS, ALWAYS, ALWAYS, ALWAYS),
}
Combine = Callable[[Sequence[Kleene]], Kleene]


def conjunction(parts: Sequence[Kleene]) -> Kleene:
    """Unknown where no part is false and some part is unknown; what is missing is asked first, since it is rare."""
    return Kleene(
        every(*(p.true for p in parts)),
        some(*(p.false for p in parts)),
        every(some(*(p.unknown for p in parts)), *(p.maybe for p in parts)),
        every(*(p.maybe for p in parts)),
        some(*(p.doubtful for p in parts)),
        some(*(p.gap for p in parts)),
    )


def disjunction(parts: Sequence[Kleene]) -> Kleene:
    """Unknown where no part is true and some part is unknown."""
    return negation([conjunction([negation([part]) for part in parts])])


def negation(parts: Sequence[Kleene]) -> Kleene:
    """True where the part is false."""
    (part,) = parts
    return Kleene(part.false, part.true, part.unknown, part.doubtful, part.maybe, part.gap)


def knowledge(parts: Sequence[Kleene]) -> Kleene:
    """True where the part is true or false; never unknown."""
    (part,) = parts
    known = some(part.true, part.false)
    return Kleene(known, part.unknown, NEVER, known, part.unknown, NEVER)


def choice(parts: Sequence[Kleene]) -> Kleene:
    """The second part where the first is true, the third where it is false, unknown where it is unknown."""
    asked, then, otherwise = parts

    def branch(one: Formula, other: Formula) -> Formula:
        return some(every(asked.true, one), every(asked.false, other))

    return Kleene(
        branch(then.true, otherwise.true),
        branch(then.false, otherwise.false),
        some(asked.unknown, branch(then.unknown, otherwise.unknown)),
        some(asked.unknown, branch(then.maybe, otherwise.maybe)),
        some(asked.unknown, branch(then.doubtful, otherwise.doubtful)),
        some(asked.gap, then.gap, otherwise.gap),
    )


def fallback(parts: Sequence[Kleene]) -> Kleene:
    """The first part, and the second where the first is unknown."""
    first, second = parts
    return Kleene(
        some(first.true, every(first.unknown, second.true)),
        some(first.false, every(first.unknown, second.false)),
        every(first.unknown, second.unknown),
        some(first.true, every(first.unknown, second.maybe)),
        some(first.false, every(first.unknown, second.doubtful)),
        every(first.gap, second.gap),
    )
