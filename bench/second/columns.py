"""Small words of Polars that code by hand is written in."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce

import polars as pl


def word(value: int) -> pl.Expr:
    """Return a literal of 64 bits."""
    return pl.lit(value, pl.UInt64)


def byte(value: int) -> pl.Expr:
    """Return a literal of 8 bits."""
    return pl.lit(value, pl.Int8)


def added(parts: Sequence[pl.Expr]) -> pl.Expr:
    """Return a sum."""
    return reduce(operator.add, parts)


def chain(conditions: Sequence[pl.Expr], values: Sequence[pl.Expr], otherwise: pl.Expr) -> pl.Expr:
    """Return the value of the first condition that is true; unknown ones are passed over."""
    (first, one), *rest = zip(conditions, values, strict=True)
    found = pl.when(first).then(one)
    for condition, value in rest:
        found = found.when(condition).then(value)
    return found.otherwise(otherwise)


def truths(conditions: Sequence[pl.Expr], literal: Callable[[int], pl.Expr]) -> pl.Expr:
    """Return two bits a condition: the lower where it is unknown, the higher where it is true."""
    parts = [
        pl.when(c.is_null()).then(literal(1 << 2 * i)).when(c).then(literal(2 << 2 * i)).otherwise(literal(0))
        for i, c in enumerate(conditions)
    ]
    return added(parts)
