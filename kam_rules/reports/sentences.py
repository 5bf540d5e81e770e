"""A condition as a person would say it, for readers who write no policies."""

from __future__ import annotations

from kam_rules.feel.printer import say, value
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

WAYS = {
    "=": "{} is {}",
    "!=": "{} is not {}",
    ">=": "{} is {} or more",
    ">": "{} is above {}",
    "<=": "{} is {} or less",
    "<": "{} is below {}",
}
DAYS = WAYS | {">=": "{} is {} or later", ">": "{} is after {}", "<=": "{} is {} or earlier", "<": "{} is before {}"}
SIGNS = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}
SPOKEN = {"as_of": "the day of the data", "score": "the score", "tier": "the tier", "state": "the state", "coverage": "the coverage"}


def sentence(node: Node, minor: int = 2) -> str:
    """Return a condition as a clause that stands behind "where".

    Examples:
        >>> from fractions import Fraction
        >>> health = Compare("<", Read("health_score", Type.NUMBER), Const(Fraction(50), Type.NUMBER))
        >>> sentence(And((health, Not(Known(Read("contract_end", Type.DATE))))))
        'health score is below 50 and contract end is not known'
    """
    return _Speaker(minor).clause(node, inside=False)


def figure(node: Node, minor: int = 2) -> str:
    """Return a calculation in words.

    Examples:
        >>> figure(Arith("-", Read("wallet", Type.MONEY), Read("base_revenue", Type.MONEY), Type.MONEY))
        'wallet less base revenue'
    """
    return _Speaker(minor).thing(node)


def name(word: str) -> str:
    """Return an id as a person says it."""
    return SPOKEN.get(word, word.replace("_", " "))


class _Speaker:
    """Says trees; amounts have so many decimals."""

    def __init__(self, minor: int) -> None:
        self.minor = minor

    def clause(self, node: Node, *, inside: bool) -> str:
        match node:
            case Compare(op, left, right):
                ways = DAYS if type_of(left) is Type.DATE else WAYS
                return ways[op].format(self.thing(left), self.word(left, right))
            case And(items) | Or(items):
                return self.joined(node, _once(node, items), inside=inside)
            case Not(item):
                return self.denied(item)
            case Known(item):
                return f"{self.thing(item)} is known"
            case Const(bool() as truth):
                return "always" if truth else "never"
            case Read(word):
                return f"the answer to '{name(word)}' is yes"
            case _:
                return say(node)

    def joined(self, node: And | Or, items: tuple[Node, ...], *, inside: bool) -> str:
        listed = self.listed(items) if isinstance(node, Or) else None
        if listed is not None or len(items) == 1:
            return listed or self.clause(items[0], inside=inside)
        word = " and " if isinstance(node, And) else " or "
        text = word.join(self.clause(item, inside=True) for item in items)
        return f"({text})" if inside else text

    def denied(self, item: Node) -> str:
        match item:
            case Known(part):
                return f"{self.thing(part)} is not known"
            case Read(word):
                return f"the answer to '{name(word)}' is no"
            case _:
                return f"it is not so that {self.clause(item, inside=True)}"

    def listed(self, items: tuple[Node, ...]) -> str | None:
        """Say "x is a, b or c" where each part compares the same thing with a word."""
        found: list[str] = []
        left: Node | None = None
        for item in items:
            if not isinstance(item, Compare) or item.op != "=" or not isinstance(item.right, Const) or left not in {None, item.left}:
                return None
            left = item.left
            found.append(self.word(left, item.right))
        return f"{self.thing(left)} is {', '.join(found[:-1])} or {found[-1]}" if left is not None else None

    def word(self, left: Node, right: Node) -> str:
        """Say what something is compared with; tiers and states are ids."""
        decided = isinstance(left, Read) and left.name in {"tier", "state"}
        return name(right.value) if decided and isinstance(right, Const) and isinstance(right.value, str) else self.thing(right)

    def thing(self, node: Node) -> str:
        match node:
            case Const(found, type_, word):
                return name(word) if word else str(found) if isinstance(found, str) else value(found, type_, minor=self.minor)
            case Read(word):
                return name(word)
            case Arith("-", Const(value=0, name=""), right):
                return f"minus {self.thing(right)}"
            case Arith(op, left, right):
                return f"{self.part(left)} {SIGNS[op]} {self.part(right)}"
            case _:
                return self.made(node)

    def made(self, node: Node) -> str:
        match node:
            case Days(start, end):
                return f"the days from {self.thing(start)} to {self.thing(end)}"
            case Months(start, end):
                return f"the whole months from {self.thing(start)} to {self.thing(end)}"
            case Extreme(op, items):
                return f"the {'smallest' if op == 'min' else 'largest'} of {', '.join(self.thing(item) for item in items)}"
            case FirstKnown(items):
                return f"the first known of {', '.join(self.thing(item) for item in items)}"
            case Round(item, places):
                return f"{self.thing(item)}, rounded to {places} decimals"
            case If(condition, then, otherwise):
                return f"{self.thing(then)} where {self.clause(condition, inside=True)}, else {self.thing(otherwise)}"
            case _:
                return self.clause(node, inside=True)

    def part(self, node: Node) -> str:
        return f"({self.thing(node)})" if isinstance(node, Arith | If) else self.thing(node)


def _once(node: And | Or, items: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the parts of a condition without those that others say already: known(x) beside x itself."""
    if isinstance(node, Or):
        return tuple(dict.fromkeys(items))
    flat = [part for item in items for part in (item.items if isinstance(item, And) else (item,))]
    return tuple(dict.fromkeys(part for part in flat if not (isinstance(part, Known) and part.item in flat)))
