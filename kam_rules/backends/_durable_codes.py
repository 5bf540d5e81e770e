"""Operands: what of an account a fact carries, as whole numbers below 2^53 that keep order and equality exactly.

The reference derivation supplies every value. A number or a day is carried as ``2·floor(D·v) + [remainder]``, D the
common denominator of the literals it is compared with; text, and numbers beside huge literals, as a closed code.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import lcm

from kam_rules.backends.reference import evaluate
from kam_rules.model.tree import Node, Read, Value

LIMIT = 2**52
"""No fact carries a larger whole number; what lies beyond is carried as LIMIT, which lies beyond every literal."""

LITERAL = 2**31
"""A rule's literals stay below it: durable-rules reads them into a C `long`, which some platforms make 32 bits wide."""


class Operand:
    """A value that conditions compare with literals, or two values that they compare with each other.

    `level` is the number of rounds after which the values are known.
    """

    def __init__(self, index: int, node: Node, right: Node | None, level: int) -> None:
        """Keep where the values come from and when they are known."""
        self.index, self.node, self.right, self.level = index, node, right, level
        self.literals: dict[Value, int] = {}
        self.code: Callable[[Value], int] = _present
        self._name, self._other, self._missing = f"x{index}", f"y{index}", f"x{index}_no"
        self._read = node.name if isinstance(node, Read) else None

    def place(self, literal: Value) -> int | None:
        """Return the place of a literal that the value is compared with; None where it is of another kind than the first."""
        place = self.literals.setdefault(literal, len(self.literals))
        return place if type(next(iter(self.literals))) is type(literal) else None

    def seal(self) -> list[int]:
        """Take no more literals, and return the codes of those there are, by place."""
        if self.literals:
            self.code = coding(list(self.literals))
        return [self.code(literal) for literal in self.literals]

    def put(self, fact: dict[str, int], facts: Mapping[str, Value]) -> None:
        """Put into a fact what stands for the value; fence: None is never sent, what is missing has a flag of its own."""
        value = facts.get(self._read) if self._read is not None else evaluate(self.node, facts)
        if self.right is None:
            if value is None:
                fact[self._missing] = 1
            else:
                fact[self._name] = self.code(value)
            return
        other = evaluate(self.right, facts)
        if value is None or other is None:
            fact[self._missing] = 1
        else:
            fact[self._name], fact[self._other] = together(value, other)


def coding(literals: Sequence[Value]) -> Callable[[Value], int]:
    """Return a code that keeps the order of any value to each of the literals, which are of one kind."""
    first = literals[0]
    if isinstance(first, bool):
        return _flag
    if isinstance(first, str):
        return _closed(sorted(str(literal) for literal in literals))
    numbers = [_number(literal) for literal in literals]
    scale = lcm(*(number.denominator for number in numbers))
    if all(abs(2 * scale * number) < LITERAL for number in numbers):
        return _comparand(scale)
    closed = _closed(sorted(numbers))
    return lambda value: closed(_number(value))


def together(left: Value, right: Value) -> tuple[int, int]:
    """Return two values as whole numbers in the same order.

    Examples:
        >>> together(Fraction(1, 3), Fraction(1, 2))
        (2, 3)
        >>> together("b", "a"), together(Fraction(10**40), Fraction(10**40))
        ((1, 0), (0, 0))
    """
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        scale = lcm(left.denominator, right.denominator)
        a, b = int(left * scale), int(right * scale)
        if abs(a) < LIMIT and abs(b) < LIMIT:
            return a, b
    return int(left > right), int(right > left)  # type: ignore[operator]


def _present(_: Value) -> int:
    return 1


def _flag(value: Value) -> int:
    return int(value is True)


def _comparand(scale: int) -> Callable[[Value], int]:
    def code(value: Value) -> int:
        numerator, denominator = (value if isinstance(value, Fraction) else _number(value)).as_integer_ratio()
        whole, rest = divmod(numerator * scale, denominator)
        return max(-LIMIT, min(LIMIT, 2 * whole + (rest > 0)))

    return code


def _closed(ordered: Sequence[str] | Sequence[Fraction]) -> Callable[[Value], int]:
    """Return a code of ``2·i + 1`` for the i-th literal and the even number below for what lies before it."""

    def code(value: Value) -> int:
        place = bisect_left(ordered, value)  # type: ignore[type-var]
        return 2 * place + (place < len(ordered) and ordered[place] == value)

    return code


def _number(value: Value) -> Fraction:
    if isinstance(value, dt.date):
        return Fraction(value.toordinal())
    return Fraction(value)  # type: ignore[arg-type]
