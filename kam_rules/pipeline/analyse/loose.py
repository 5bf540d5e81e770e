"""Terms that are no sums: a product of two fields, a rounded value, completed months. Each stands as a number of its own.

What is proved of such a number holds for every value that it could have; that it can have one is never taken for granted.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kam_rules.feel.printer import say
from kam_rules.model.tree import Arith, Months, Node, Read, walk
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.formula import Formula, every
from kam_rules.pipeline.analyse.world import Number, Sum, World, plus, scaled

FINEST = 120
"""Decimals of a term that stands as a number of its own: so many that no two values that differ fall together."""


@dataclass(frozen=True)
class Case:
    """Where `guard` holds, the value is `top` / `under`; `under` is above 0, None is 1."""

    guard: Formula
    top: Sum
    under: Sum | None = None


class Loose:
    """The terms of one world that are no sums."""

    def __init__(self, world: World) -> None:
        """Begin in a world."""
        self.world = world
        self.kept: dict[str | int, tuple[Node, list[Case]]] = {}
        """Cases that were worked out: of a name, or of a tree, which is kept so that no other has its place."""
        self.loose: dict[str, Node] = {}
        """Terms that stand as numbers of their own, by name."""
        self.months = tuple(dict.fromkeys(part for tree in world.figures.values() for part in walk(tree) if isinstance(part, Months)))
        """Where figures count completed months."""

    def rounded(self, node: Node, case: Case, places: int) -> Case:
        """A rounded value lies at most half a unit from its own."""
        term = self.alone(node, (None, None), places)
        if case.under is not None:
            return Case(case.guard, term)
        half = Fraction(1, 2 * 10**places)
        apart = plus(term, case.top, -1)
        return Case(every((case.guard, self.world.within(apart, "<=", half), self.world.within(apart, ">=", -half))), term)

    def completed(self, node: Node, start: Case, end: Case) -> list[Case]:
        """Completed months lie within three days of the days between, over 30.436875 days a month."""
        term = self.alone(node, (None, None), 0, Type.INTEGER)
        apart = plus(end.top, start.top, -1)
        guard = every((start.guard, end.guard))
        month, slack = Fraction(30436875, 10**6), Fraction(4)
        found = []
        for sign, op in ((1, ">="), (-1, "<")):
            rest = plus(scaled(apart, Fraction(sign)), scaled(term, sign * month), -1)
            near = (
                self.world.within(rest, ">=", -slack),
                self.world.within(rest, "<=", month + slack),
                self.world.within(term, ">=" if sign > 0 else "<=", Fraction(0)),
            )
            found.append(Case(every((guard, self.world.within(apart, op, Fraction(0)), *near)), term))
        return found

    def term(self, node: Node, guard: Formula) -> Case:
        """Return a product, or another term, within the limits that its factors have."""
        low, high, places = self.range_of(node)
        return Case(guard, self.alone(node, (low, high), places))

    def alone(self, node: Node, ends: tuple[Fraction | None, Fraction | None], places: int, type_: Type = Type.NUMBER) -> Sum:
        """Return a term that stands as a number of its own."""
        name = say(node)
        self.loose[name] = node
        if name not in self.world.numbers:
            scale = 10**places
            low, high = (None if end is None else int(end * scale) for end in ends)
            self.world.add(name, Number(low, high, places, 0, type_))
        return {name: Fraction(1)}

    def range_of(self, node: Node) -> tuple[Fraction | None, Fraction | None, int]:
        """Return limits of a product and the decimals that it can have; wide ones where nothing is known."""
        if isinstance(node, Read) and node.name in self.world.figures:
            return self.range_of(self.world.figures[node.name])
        if isinstance(node, Read) and node.name in self.world.numbers:
            number = self.world.numbers[node.name]
            scale = 10**number.places
            low, high = (None if end is None else Fraction(end, scale) for end in (number.low, number.high))
            return low, high, number.places
        if isinstance(node, Arith) and node.op == "*":
            (a, b, p), (c, d, q) = self.range_of(node.left), self.range_of(node.right)
            if None not in {a, b, c, d}:
                ends = [x * y for x in (a, b) for y in (c, d)]  # type: ignore[operator]
                return min(ends), max(ends), p + q
            positive = a is not None and a >= 0 and c is not None and c >= 0
            return (Fraction(0) if positive else None), None, p + q
        return None, None, FINEST
