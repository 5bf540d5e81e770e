"""What a calculation can come to: the cases in which it is known, each a sum or a quotient of sums under a condition.

A term that is no sum (a product of two fields, completed months) stands as a number of its own; what is proved of it holds
for every value that it could have.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from kam_rules.feel.printer import say
from kam_rules.model.tree import Arith, Compare, Const, Days, Extreme, FirstKnown, If, Months, Node, Read, Round
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.formula import Formula, Word, every
from kam_rules.pipeline.analyse.loose import FINEST, Case, Loose
from kam_rules.pipeline.analyse.world import MIRROR, Sum, plus, scaled

MOST = 64
"""Cases of one calculation; with more, the condition is not analysed."""


class TooComplex(Exception):
    """A calculation has more cases than are told apart."""


class Want(Enum):
    """What is asked of a condition."""

    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "not true"
    NOT_FALSE = "not false"

    @property
    def turned(self) -> Want:
        """What that asks of the condition inside a not()."""
        return _TURNED[self]


_TURNED = {Want.TRUE: Want.FALSE, Want.FALSE: Want.TRUE, Want.NOT_TRUE: Want.NOT_FALSE, Want.NOT_FALSE: Want.NOT_TRUE}


@dataclass(frozen=True)
class Text:
    """Where `guard` holds, the value is the word, or the one that `read` holds."""

    guard: Formula
    word: Word | None
    read: str = ""


class Terms(Loose, ABC):
    """The calculations of one world; what was worked out once is kept."""

    @abstractmethod
    def truth(self, node: Node, want: Want) -> Formula:
        """Return when a condition is as wanted."""

    @abstractmethod
    def missing(self, node: Node) -> Formula:
        """Return when a value is missing."""

    @abstractmethod
    def known(self, node: Node) -> Formula:
        """Return when a value is known."""

    def ordered(self, a: Case, op: str, b: Case, node: Node) -> Formula:
        """Return when one value stands so to another; over a common divisor where they have different ones."""
        for one, other, way in ((a, b, op), (b, a, MIRROR[op])):
            if one.under is not None and set(one.under) - {""} and other.under is None and set(other.top) <= {""}:
                return self.world.ratio(one.top, one.under, way, other.top.get("", Fraction(0)))
        left = _times(a.top, b.under)
        right = _times(b.top, a.under)
        if a.under is not None and a.under == b.under:
            left, right = a.top, b.top
        if left is None or right is None:
            assert isinstance(node, Compare)
            term = self.alone(Arith("-", node.left, node.right, Type.NUMBER), (None, None), FINEST)
            return self.world.within(term, op, Fraction(0))
        return self.world.within(plus(left, right, -1), op, Fraction(0))

    def texts(self, node: Node) -> list[Text]:
        """Return the cases in which a word is known."""
        match node:
            case Const(value):
                return [Text(guard=True, word=value)] if isinstance(value, str) else []
            case Read(name) if name in self.world.figures:
                return self.texts(self.world.figures[name])
            case Read(name):
                return [Text(self.known(node), None, name)]
            case If(condition, then, otherwise):
                sides = ((Want.TRUE, then), (Want.FALSE, otherwise))
                return [Text(every((self.truth(condition, w), t.guard)), t.word, t.read) for w, side in sides for t in self.texts(side)]
            case FirstKnown(items):
                found: list[Text] = []
                above: list[Formula] = []
                for item in items:
                    found += [Text(every((*above, t.guard)), t.word, t.read) for t in self.texts(item)]
                    above.append(self.missing(item))
                return found
        raise TooComplex(say(node))

    def numbers(self, node: Node) -> list[Case]:
        """Return the cases in which a number or a date is known; no two hold at once."""
        key = node.name if isinstance(node, Read) else id(node)
        if key not in self.kept:
            found = [case for case in self._numbers(node) if case.guard is not False]
            if len(found) > MOST:
                raise TooComplex(say(node))
            self.kept[key] = (node, found)
        return self.kept[key][1]

    def _numbers(self, node: Node) -> list[Case]:  # noqa: C901, PLR0911 - one case a node kind
        match node:
            case Const(value):
                plain = Fraction(value.toordinal()) if isinstance(value, dt.date) else value
                return [Case(guard=True, top={"": plain})] if isinstance(plain, Fraction) else []
            case Read(name) if name in self.world.figures:
                return self.numbers(self.world.figures[name])
            case Read(name):
                return [Case(self.known(node), {name: Fraction(1)})]
            case Arith(op, left, right):
                pairs = [(a, b) for a in self.numbers(left) for b in self.numbers(right)]
                return [case for a, b in pairs for case in self._arith(node, op, a, b)]
            case If(condition, then, otherwise):
                sides = ((Want.TRUE, then), (Want.FALSE, otherwise))
                return [_guarded(self.truth(condition, want), case) for want, side in sides for case in self.numbers(side)]
            case FirstKnown(items):
                found: list[Case] = []
                above: Formula = True
                for item in items:
                    found += [_guarded(above, case) for case in self.numbers(item)]
                    above = every((above, self.missing(item)))
                return found
            case Extreme(op, items):
                return self._extreme(op, items)
            case Round(item, places):
                return [self.rounded(node, case, places) for case in self.numbers(item)]
            case Days(start, end):
                pairs = [(a, b) for a in self.numbers(start) for b in self.numbers(end)]
                return [Case(every((a.guard, b.guard)), plus(b.top, a.top, -1)) for a, b in pairs]
            case Months(start, end):
                pairs = [(a, b) for a in self.numbers(start) for b in self.numbers(end)]
                return [case for a, b in pairs for case in self.completed(node, a, b)]
        raise TooComplex(say(node))

    def _arith(self, node: Node, op: str, a: Case, b: Case) -> list[Case]:
        guard = every((a.guard, b.guard))
        if op in {"+", "-"}:
            sign = 1 if op == "+" else -1
            if a.under == b.under:
                return [Case(guard, plus(a.top, b.top, sign), a.under)]
            left, right = _times(a.top, b.under), _times(b.top, a.under)
            under = _times(a.under or _one(), b.under)
            if left is not None and right is not None and under is not None:
                return [Case(guard, plus(left, right, sign), under)]
            return [self.term(node, guard)]
        if op == "*":
            top = _times(a.top, b.top)
            under = _times(a.under or _one(), b.under)
            if top is None or under is None:
                return [self.term(node, guard)]
            return [Case(guard, top, None if under == _one() else under)]
        return self._divided(node, guard, a, b)

    def _divided(self, node: Node, guard: Formula, a: Case, b: Case) -> list[Case]:
        found = []
        for sign, op in ((1, ">"), (-1, "<")):
            here = every((guard, self.world.within(b.top, op, Fraction(0))))
            if here is False:
                continue
            top = _times(a.top, b.under)
            under = _times(scaled(b.top, Fraction(sign)), a.under)
            if top is None or under is None:
                found.append(self.term(node, here))
                continue
            top = scaled(top, Fraction(sign))
            constant = under.get("") if set(under) <= {""} else None
            found.append(Case(here, top, under) if constant is None else Case(here, scaled(top, 1 / constant)))
        return found

    def _extreme(self, op: str, items: tuple[Node, ...]) -> list[Case]:
        best = self.numbers(items[0])
        ahead, behind = (">=", "<") if op == "max" else ("<=", ">")
        for item in items[1:]:
            node = Compare(ahead, items[0], item)
            found = []
            for a in best:
                for b in self.numbers(item):
                    guard = every((a.guard, b.guard))
                    found.append(Case(every((guard, self.ordered(a, ahead, b, node))), a.top, a.under))
                    found.append(Case(every((guard, self.ordered(a, behind, b, node))), b.top, b.under))
            best = [case for case in found if case.guard is not False]
            if len(best) > MOST:
                raise TooComplex(f"{op} of {len(items)} values")
        return best


def _guarded(guard: Formula, case: Case) -> Case:
    return Case(every((guard, case.guard)), case.top, case.under)


def _one() -> Sum:
    return {"": Fraction(1)}


def _times(a: Sum, b: Sum | None) -> Sum | None:
    """Return the product where one side is a plain number, else None."""
    if b is None:
        return a
    if set(b) <= {""}:
        return scaled(a, b.get("", Fraction(0)))
    return scaled(b, a.get("", Fraction(0))) if set(a) <= {""} else None
