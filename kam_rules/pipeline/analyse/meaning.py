"""What a condition asks of an account, as a formula: when it is true, when false, and when a missing value leaves it open.

Sums are kept exact, and so is a quotient against a literal: ``a / b < 40%`` asks ``a < 40% × b`` where b is above 0.
A term that is no sum (a product of two fields, completed months) stands as a number of its own: what is proved of it
holds for every value it could have, so "never" is never said wrongly.
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.feel.printer import say
from kam_rules.model.tree import (
    And,
    Arith,
    Compare,
    Const,
    Days,
    Extreme,
    FirstKnown,
    If,
    Known,
    Months,
    Node,
    Not,
    Or,
    Read,
    Round,
    type_of,
)
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.formula import Among, Formula, Has, every, some
from kam_rules.pipeline.analyse.terms import Terms, Text, TooComplex, Want

NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
__all__ = ["Meaning", "TooComplex", "Want"]


class Meaning(Terms):
    """Translates the conditions of one world."""

    def truth(self, node: Node, want: Want) -> Formula:  # noqa: C901 - one case a node kind
        """Return when the condition is as wanted.

        Raises:
            TooComplex: it has too many cases.
        """
        match node:
            case And(items) | Or(items):
                both = isinstance(node, And) is (want in {Want.TRUE, Want.NOT_FALSE})
                return (every if both else some)([self.truth(item, want) for item in items])
            case Not(item):
                return self.truth(item, want.turned)
            case Known(item):
                return self.known(item) if want in {Want.TRUE, Want.NOT_FALSE} else self.missing(item)
            case Compare():
                return self._kind(node, want)
            case Const(value):
                return _settled(value, want)
            case Read(name) if name in self.world.figures:
                return self.truth(self.world.figures[name], want)
            case Read(name):
                wanted = want in {Want.TRUE, Want.NOT_FALSE}
                here = Among(name, frozenset({wanted}), inside=True)
                return here if want in {Want.TRUE, Want.FALSE} else some((here, self._absent(name)))
            case If(condition, then, otherwise):
                parts = [
                    every((self.truth(condition, Want.TRUE), self.truth(then, want))),
                    every((self.truth(condition, Want.FALSE), self.truth(otherwise, want))),
                ]
                if want in {Want.NOT_TRUE, Want.NOT_FALSE}:
                    parts.append(self.missing(condition))
                return some(parts)
            case FirstKnown(items):
                return self._first_flag(items, want)
        raise TooComplex(say(node))

    def _first_flag(self, items: tuple[Node, ...], want: Want) -> Formula:
        above: list[Formula] = []
        parts: list[Formula] = []
        for item in items:
            parts.append(every((*above, self.known(item), self.truth(item, want))))
            above.append(self.missing(item))
        if want in {Want.NOT_TRUE, Want.NOT_FALSE}:
            parts.append(every(above))
        return some(parts)

    # --- Missing and known --------------------------------------------------------------------------------------------

    def _absent(self, name: str) -> Formula:
        return Has(name, known=False) if name in self.world.optional else False

    def missing(self, node: Node) -> Formula:  # noqa: C901, PLR0911 - one case a node kind
        """Return when a value is missing, or a condition unknown."""
        match node:
            case Const(value):
                return value is None
            case Read(name) if name in self.world.figures:
                return self.missing(self.world.figures[name])
            case Read(name):
                return self._absent(name)
            case Arith(op, left, right):
                zero = [every((c.guard, self.world.within(c.top, "=", Fraction(0)))) for c in self.numbers(right)] if op == "/" else []
                return some((self.missing(left), self.missing(right), *zero))
            case And() | Or() | Not():
                return every((self.truth(node, Want.NOT_TRUE), self.truth(node, Want.NOT_FALSE)))
            case Known():
                return False
            case If(condition, then, otherwise):
                yes = every((self.truth(condition, Want.TRUE), self.missing(then)))
                no = every((self.truth(condition, Want.FALSE), self.missing(otherwise)))
                return some((self.missing(condition), yes, no))
            case FirstKnown(items):
                return every([self.missing(item) for item in items])
            case Extreme(_, items):
                return some([self.missing(item) for item in items])
            case Round(item, _):
                return self.missing(item)
            case Compare(_, left, right) | Days(left, right) | Months(left, right):
                return some((self.missing(left), self.missing(right)))

    def known(self, node: Node) -> Formula:  # noqa: C901, PLR0911 - one case a node kind
        """Return when a value is known, or a condition true or false."""
        match node:
            case Const(value):
                return value is not None
            case Read(name) if name in self.world.figures:
                return self.known(self.world.figures[name])
            case Read(name):
                return Has(name, known=True) if name in self.world.optional else True
            case Arith(op, left, right):
                parts = [self.known(left), self.known(right)]
                if op == "/":
                    zeros = [every((c.guard, self.world.within(c.top, "!=", Fraction(0)))) for c in self.numbers(right)]
                    parts.append(some(zeros))
                return every(parts)
            case And() | Or() | Not():
                return some((self.truth(node, Want.TRUE), self.truth(node, Want.FALSE)))
            case Known():
                return True
            case If(condition, then, otherwise):
                yes = every((self.truth(condition, Want.TRUE), self.known(then)))
                return some((yes, every((self.truth(condition, Want.FALSE), self.known(otherwise)))))
            case FirstKnown(items):
                return some([self.known(item) for item in items])
            case Extreme(_, items):
                return every([self.known(item) for item in items])
            case Round(item, _):
                return self.known(item)
            case Compare(_, left, right) | Days(left, right) | Months(left, right):
                return every((self.known(left), self.known(right)))

    # --- Comparisons --------------------------------------------------------------------------------------------------

    def _kind(self, node: Compare, want: Want) -> Formula:
        if want in {Want.NOT_TRUE, Want.NOT_FALSE}:
            opposite = Want.FALSE if want is Want.NOT_TRUE else Want.TRUE
            return some((self.missing(node), self._kind(node, opposite)))
        op = node.op if want is Want.TRUE else NEGATED[node.op]
        kind = type_of(node.left)
        if kind is Type.FLAG:
            same = op == "="
            yes, no = (Want.TRUE, Want.FALSE) if same else (Want.FALSE, Want.TRUE)
            pairs = ((Want.TRUE, yes), (Want.FALSE, no))
            return some([every((self.truth(node.left, a), self.truth(node.right, b))) for a, b in pairs])
        if kind.numeric or kind is Type.DATE:
            lefts, rights = self.numbers(node.left), self.numbers(node.right)
            return some([every((a.guard, b.guard, self.ordered(a, op, b, node))) for a in lefts for b in rights])
        texts = ((a, b) for a in self.texts(node.left) for b in self.texts(node.right))
        return some([every((a.guard, b.guard, self._alike(a, op, b))) for a, b in texts])

    def _alike(self, a: Text, op: str, b: Text) -> Formula:
        same = op == "="
        if not a.read and not b.read:
            return (a.word == b.word) is same
        if a.read and b.read:
            raise TooComplex(f"{a.read} {op} {b.read}")
        name, word = (a.read, b.word) if a.read else (b.read, a.word)
        values = self.world.words.get(name)
        if word is None or (values is not None and word not in values):
            return not same and (Has(name, known=True) if name in self.world.optional else True)
        return Among(name, frozenset({word}), inside=same)


def _settled(value: object, want: Want) -> bool:
    if value is None:
        return want in {Want.NOT_TRUE, Want.NOT_FALSE}
    return bool(value) is (want in {Want.TRUE, Want.NOT_FALSE})
