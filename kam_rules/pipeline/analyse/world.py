"""What an account can be by the data contract: each number's limits and unit, each word's values, what may be missing."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kam_rules.backends.reference import COMPARE
from kam_rules.model.program import NOT_QUALIFIED, TIERS, Derive, Program
from kam_rules.model.tree import Const, Node, Value
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.analyse.formula import Bound, Formula, Has, Terms, Within, Word, some
from kam_rules.pipeline.assemble import STATES

WISHED = {Type.MONEY: Fraction(100_000), Type.RATIO: Fraction(1, 2), Type.NUMBER: Fraction(10), Type.INTEGER: Fraction(10)}
"""What a number is in an example where nothing asks for another value: no rule speaks of it."""


Sum = dict[str, Fraction]
"""Factors by name, the constant under an empty name; values in their own unit."""
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
FINE = 10**9


@dataclass(frozen=True, slots=True)
class Number:
    """A number's limits and the value it is wished to have, counted in units of 10^-places."""

    low: Bound
    high: Bound
    places: int
    wished: int
    type: Type = Type.NUMBER


@dataclass
class World:
    """Everything that conditions can speak of; numbers that only stand for a term are added as they are met.

    Attributes:
        numbers: by name; dates are counted in days.
        ratios: numbers that are quotients, as the sums above and below the line, the lower one above 0; see `comparand`.
        words: the values of each word; None where any text can stand.
        optional: names that can be missing.
        figures: what is worked out, by name; it is read through.
        fields: the account's own fields.
    """

    numbers: dict[str, Number] = field(default_factory=dict)
    ratios: dict[str, tuple[Sum, Sum]] = field(default_factory=dict)
    words: dict[str, tuple[Word, ...] | None] = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)
    figures: dict[str, Node] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    quotients: dict[tuple[int, int], tuple[str, Sum, Sum]] = field(default_factory=dict)
    """Names of quotients by the sums that they were met as, which are kept so that no other has their place."""
    kept: dict[tuple[str, int, tuple[str, str]], Formula] = field(default_factory=dict)
    """Limits of quotients that were written out as sums before."""

    def value(self, name: str, units: int) -> Value:
        """Return a number of units as the value that the language knows."""
        number = self.numbers[name]
        return dt.date.fromordinal(units) if number.type is Type.DATE else Fraction(units, 10**number.places)

    def within(self, total: Sum, op: str, edge: Fraction) -> Formula:
        """Return when a sum stands so to an edge; what the contract settles is settled here."""
        constant = edge - total.get("", Fraction(0))
        factors = {name: by / 10 ** self.numbers[name].places for name, by in total.items() if name and by}
        if not factors:
            return bool(COMPARE[op](Fraction(0), constant))
        scale = math.lcm(*(by.denominator for by in factors.values()))
        whole = {name: int(by * scale) for name, by in sorted(factors.items())}
        shared = math.gcd(*whole.values()) * (1 if next(iter(whole.values())) > 0 else -1)
        terms = tuple((name, by // shared) for name, by in whole.items())
        return self.placed(terms, MIRROR[op] if shared < 0 else op, constant * scale / shared)

    def placed(self, terms: Terms, op: str, at: Fraction) -> Formula:
        """Return when a sum of units stands so to an edge."""
        low, high = math.ceil(at), math.floor(at)
        if op in {"=", "!="}:
            if low != high:
                return op == "!="
            if op == "=":
                return self.fit(Within(terms, low, high))
            return some((self.fit(Within(terms, None, low - 1)), self.fit(Within(terms, low + 1, None))))
        above = {">=": low, ">": high + 1}.get(op)
        below = {"<=": high, "<": low - 1}.get(op)
        return self.fit(Within(terms, above, below))

    def fit(self, found: Within) -> Formula:
        """Return what the contract leaves of a limit on one number."""
        if len(found.terms) > 1:
            return found
        name = found.terms[0][0]
        number = self.numbers[name]
        if _beyond(found.low, number.high) or _beyond(number.low, found.high):
            return False
        above = found.low is None or (number.low is not None and number.low >= found.low)
        below = found.high is None or (number.high is not None and number.high <= found.high)
        if above and below:
            return Has(name, known=True) if name in self.optional else True
        return found

    def ratio(self, top: Sum, under: Sum, op: str, edge: Fraction) -> Formula:
        """Return when a quotient stands so to an edge, its lower side above 0.

        A quotient is counted as twice the whole units of 1/`FINE` below it, and one more where it lies between two units.
        """
        name = self._quotient(top, under)
        units = edge * FINE
        at = 2 * units.numerator if units.denominator == 1 else 2 * math.floor(units) + 1
        exact = at % 2 == 0
        if op in {"=", "!="} and not exact:
            return self.fit(Within(((name, 1),), at, at)) if op == "=" else True
        if not exact and op in {"<", ">"}:
            op += "="
        return self.placed(((name, 1),), op, Fraction(at))

    def _quotient(self, top: Sum, under: Sum) -> str:
        """Return the name of a quotient, the same for all that are multiples of one another."""
        seen = self.quotients.get((id(top), id(under)))
        if seen is not None:
            return seen[0]
        lead = next(by for name, by in sorted(under.items()) if name)
        sides = scaled(top, 1 / abs(lead)), scaled(under, 1 / abs(lead))
        name = " / ".join(_written(side) for side in sides)
        if name not in self.ratios:
            self.ratios[name] = sides
            positive = all(by >= 0 and (not n or _least(self.numbers[n]) >= 0) for n, by in top.items())
            self.numbers[name] = Number(0 if positive else None, None, 0, 0)
        self.quotients[id(top), id(under)] = (name, top, under)
        return name

    def rows(self, name: str, low: Bound, high: Bound) -> Iterator[Formula]:
        """Walk the sums that keep a quotient within its limits."""
        for end, ops in ((low, (">=", ">")), (high, ("<=", "<"))):
            if end is None:
                continue
            if (name, end, ops) not in self.kept:
                unit, between = divmod(end, 2)
                edge = Fraction(unit + (1 if between and ops[0] == "<=" else 0), FINE)
                top, under = self.ratios[name]
                self.kept[name, end, ops] = self.within(plus(top, scaled(under, edge), -1), ops[between], Fraction(0))
            yield self.kept[name, end, ops]

    def add(self, name: str, number: Number, *, optional: bool = False) -> None:
        """Add a number that is no field."""
        self.numbers[name] = number
        if optional:
            self.optional.add(name)


def _beyond(low: Bound, high: Bound) -> bool:
    return low is not None and high is not None and low > high


def _least(number: Number) -> int:
    return -1 if number.low is None else number.low


def _written(total: Sum) -> str:
    return " + ".join(f"{by} {name}".strip() for name, by in sorted(total.items()))


def plus(a: Sum, b: Sum, sign: int) -> Sum:
    """Add two sums, or subtract the second."""
    total = dict(a)
    for name, by in b.items():
        total[name] = total.get(name, Fraction(0)) + sign * by
    return {name: by for name, by in total.items() if by}


def scaled(a: Sum, by: Fraction) -> Sum:
    """Multiply a sum with a plain number."""
    return {name: factor * by for name, factor in a.items() if factor * by}


def world_of(program: Program, as_of: dt.date, score: tuple[Fraction, Fraction], named: Mapping[str, Const]) -> World:
    """Return the world of a program.

    Args:
        program: the policy's program.
        as_of: the day that examples are dated.
        score: the lowest and the highest composite.
        named: the values of the assumptions.
    """
    world = World()
    for found in program.fields:
        add_field(world, found, as_of)
    days = Number(1, dt.date.max.toordinal(), 0, as_of.toordinal(), Type.DATE)
    world.add("as_of", days)
    scale = 10**program.round
    low, high = math.floor(score[0] * scale), math.ceil(score[1] * scale)
    world.add("score", Number(low, high, program.round, high), optional=True)
    world.add("coverage", Number(0, 10**6, 6, 10**6, Type.RATIO))
    tiers = (str(rule.gives[0].value) for rule in program.ranking.list(TIERS).rules if isinstance(rule.gives[0], Const))
    states = (str(rule.gives[0].value) for rule in program.assigning.list(STATES).rules if isinstance(rule.gives[0], Const))
    world.words |= {"tier": tuple(dict.fromkeys((*tiers, NOT_QUALIFIED))), "state": tuple(dict.fromkeys(states))}
    world.words |= dict.fromkeys(("account_id", "account_name", "parent", "owner", "currency"))
    world.optional |= {"tier", "state", "account_name", "parent", "owner", "currency"}
    steps: Iterable[object] = (step for stage in program.stages for step in stage.steps)
    given = {"coverage", "score"}
    world.figures = {step.name: step.node for step in steps if isinstance(step, Derive) and step.name not in given} | dict(named)
    return world


def add_field(world: World, found: Field, as_of: dt.date) -> None:
    """Add a field by its contract."""
    world.fields[found.name] = found
    if not found.required:
        world.optional.add(found.name)
    if found.type.numeric:
        world.numbers[found.name] = _number(found)
    elif found.type is Type.DATE:
        wished = (as_of - dt.timedelta(days=365)).toordinal()
        world.numbers[found.name] = Number(1, dt.date.max.toordinal(), 0, wished, Type.DATE)
    else:
        world.words[found.name] = (True, False) if found.type is Type.FLAG else found.values or None


def _number(found: Field) -> Number:
    scale = 10**found.decimals
    ends = [end for end in (found.least, *(found.plausible or ())[:1]) if end is not None]
    tops = [end for end in (found.most, *(found.plausible or ())[1:]) if end is not None]
    low = math.ceil(max(ends) * scale) if ends else None
    high = math.floor(min(tops) * scale) if tops else None
    wished = WISHED.get(found.type)
    middle = (low + high) // 2 if low is not None and high is not None else 0
    return Number(low, high, found.decimals, middle if wished is None else int(wished * scale), found.type)
