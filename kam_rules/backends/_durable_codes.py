"""Operands: what of an account a fact carries, as whole numbers below 2^53 that keep order and equality exactly.

The reference derivation supplies every value. A number or a day is carried as ``2·floor(D·v) + [remainder]``, D the
common denominator of the literals it is compared with; text, and numbers too large for that, as a closed code.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import lcm

from kam_rules.backends.reference import evaluate
from kam_rules.model.errors import Finding, UnsupportedError, Where
from kam_rules.model.tree import Node, Read, Value

LIMIT = 2**52
"""A fact carries no whole number of this size or more but LIMIT itself, for all that lies beyond."""


class Operand:
    """A value that conditions compare with literals, or two values that they compare with each other."""

    def __init__(self, index: int, node: Node, right: Node | None, level: int) -> None:
        """Keep where the values come from and in which round they are known."""
        self.index, self.node, self.right, self.level = index, node, right, level
        self.literals: dict[Value, None] = {}
        self.code: Callable[[Value], int] = _present
        self._name, self._other, self._missing = f"x{index}", f"y{index}", f"x{index}_no"
        self._read = node.name if isinstance(node, Read) else None

    def compare_with(self, literal: Value, where: Where | None) -> None:
        """Take note of a literal that the value is compared with.

        Raises:
            UnsupportedError: KR508 it is compared with literals of two kinds.
        """
        self.literals[literal] = None
        if len({_kind(value) for value in self.literals}) > 1:
            message = f"the engine 'durable' cannot carry a value that is compared with both {' and '.join(map(str, self.literals))}"
            raise UnsupportedError(Finding("KR508", message, where, "decide with --engine reference"))
        self.code = coding(list(self.literals))

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
        return int
    if isinstance(first, str):
        return _closed(sorted(str(literal) for literal in literals))
    numbers = [_number(literal) for literal in literals]
    scale = lcm(*(number.denominator for number in numbers))
    if all(abs(2 * scale * number) < LIMIT for number in numbers):
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


def _comparand(scale: int) -> Callable[[Value], int]:
    def code(value: Value) -> int:
        number = value if isinstance(value, Fraction) else _number(value)
        whole, rest = divmod(number.numerator * scale, number.denominator)
        return max(-LIMIT, min(LIMIT, 2 * whole + (rest > 0)))

    return code


def _closed(ordered: Sequence[str] | Sequence[Fraction]) -> Callable[[Value], int]:
    """Return a code of ``2·i + 1`` for the i-th literal and the even number below for what lies before it."""

    def code(value: Value) -> int:
        place = bisect_left(ordered, value)  # type: ignore[type-var, arg-type]
        return 2 * place + (place < len(ordered) and ordered[place] == value)

    return code


def _number(value: Value) -> Fraction:
    if isinstance(value, dt.date):
        return Fraction(value.toordinal())
    return Fraction(value)  # type: ignore[arg-type]


def _kind(value: Value) -> type:
    return type(value)
