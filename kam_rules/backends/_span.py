"""Whole numbers as columns, with bounds that prove how many bits they need."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kam_rules.model.errors import Finding, UnsupportedError

SMALL = 2**63 - 1
LARGE = 2**127 - 1


@dataclass(frozen=True, slots=True)
class Span:
    """The smallest and the largest value that a whole number can have."""

    low: int
    high: int

    def __add__(self, other: Span) -> Span:
        """Bound a sum."""
        return Span(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        """Bound a difference."""
        return Span(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Span) -> Span:
        """Bound a product."""
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(min(ends), max(ends))

    def __or__(self, other: Span) -> Span:
        """Bound what is one or the other."""
        return Span(min(self.low, other.low), max(self.high, other.high))

    @property
    def size(self) -> int:
        """The largest distance from 0."""
        return max(abs(self.low), abs(self.high))


def point(value: int) -> Span:
    """Return the span of a literal."""
    return Span(value, value)


ONE = point(1)


def check(span: Span, what: str) -> None:
    """Refuse a span that needs more than 127 bits.

    Raises:
        UnsupportedError: KR512 it does.
    """
    if span.size > LARGE:
        message = f"the columnar engine cannot carry {what}: it could need more than 127 bits"
        raise UnsupportedError(Finding("KR512", message, None, "give the fields it reads a max:, or run with --engine reference"))


def typed(expr: pl.Expr, span: Span, what: str) -> pl.Expr:
    """Return the expression in the type that the span needs; see `check`."""
    check(span, what)
    return expr.cast(dtype_of(span))


def dtype_of(span: Span) -> type[pl.DataType]:
    """Return the type that holds every value of a span."""
    return pl.Int64 if span.size <= SMALL else pl.Int128


def widened(expr: pl.Expr, own: Span, wanted: Span) -> pl.Expr:
    """Widen a column where the result needs it; a column that fits already stays as it is."""
    return expr.cast(pl.Int128) if wanted.size > SMALL and own.size <= SMALL else expr


def product(left: pl.Expr, a: Span, right: pl.Expr | int, b: Span) -> tuple[pl.Expr, Span]:
    """Multiply two columns of whole numbers, or one with a literal."""
    span = a * b
    check(span, "a product")
    if isinstance(right, int):
        return (left if right == 1 else widened(left, a, span) * pl.lit(right, dtype_of(_wide(span, b))), span)
    return widened(left, a, span) * widened(right, b, span), span


def _wide(span: Span, own: Span) -> Span:
    return span if span.size > SMALL else own
