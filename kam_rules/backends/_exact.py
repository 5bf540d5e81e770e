"""Exact numbers as columns: a whole number over a denominator, both with their bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kam_rules.backends._span import ONE, SMALL, Span, check, dtype_of, point, product, widened
from kam_rules.model.amounts import half_even


@dataclass(frozen=True, slots=True)
class Num:
    """`top` / `under`: columns of whole numbers, `under` above 0; a literal denominator is a plain number.

    `top` is null where the value is missing; `nullable` tells whether that can be. `literal` is the value where it is
    the same for every row. `line` tells of a column, a factor and an offset that make `top`, so that a further factor
    costs no further pass. `least` and `most` bound the quotient itself, where that is known closer than from its parts.
    """

    top: pl.Expr
    span: Span
    under: pl.Expr | int = 1
    under_span: Span = ONE
    nullable: bool = False
    literal: Fraction | None = None
    line: tuple[pl.Expr, int, int] | None = None
    least: Fraction | None = None
    most: Fraction | None = None


def on_line(column: pl.Expr, factor: int, offset: int, span: Span, under: int, *, nullable: bool) -> Num:
    """Return a small column times a factor plus an offset, over a literal; all of it fits 63 bits."""
    scaled = column.cast(pl.Int64) * pl.lit(factor, pl.Int64)
    return Num(scaled + offset if offset else scaled, span, under, point(under), nullable, line=(column, factor, offset))


def scaled(a: Num, factor: int) -> tuple[pl.Expr, Span]:
    """Multiply a number's top with a literal."""
    span = a.span * point(factor)
    if a.line is None or span.size > SMALL:
        return product(a.top, a.span, factor, point(factor))
    column, slope, offset = a.line
    return on_line(column, slope * factor, offset * factor, span, 1, nullable=a.nullable).top, span


def literal(value: Fraction) -> Num:
    """Return a literal."""
    return Num(
        pl.lit(value.numerator, dtype_of(point(value.numerator))),
        point(value.numerator),
        value.denominator,
        point(value.denominator),
        literal=value,
    )


def missing() -> Num:
    """Return a number that is always missing."""
    return Num(pl.lit(None, pl.Int64), point(0), nullable=True)


def add(a: Num, b: Num, sign: int) -> Num:
    """Add or subtract two numbers."""
    if a.literal is not None and b.literal is not None:
        return literal(a.literal + sign * b.literal)
    a_top, b_top, under, under_span = common(a, b)
    span = a_top[1] + b_top[1] if sign > 0 else a_top[1] - b_top[1]
    check(span, "a sum")
    left, right = widened(a_top[0], a_top[1], span), widened(b_top[0], b_top[1], span)
    return Num(left + right if sign > 0 else left - right, span, under, under_span, a.nullable or b.nullable)


Top = tuple[pl.Expr, Span]


def common(a: Num, b: Num) -> tuple[Top, Top, pl.Expr | int, Span]:
    """Bring two numbers over one denominator."""
    if isinstance(a.under, int) and isinstance(b.under, int):
        under = math.lcm(a.under, b.under)
        return scaled(a, under // a.under), scaled(b, under // b.under), under, point(under)
    if b.literal is not None and isinstance(a.under, pl.Expr):
        factor, span = b.literal.denominator, point(b.literal.numerator)
        left, right = scaled(a, factor), product(a.under, a.under_span, b.literal.numerator, span)
        return left, right, *_unders(a, b)
    left = product(a.top, a.span, b.under, b.under_span)
    right = product(b.top, b.span, a.under, a.under_span)
    under_expr, span = _unders(a, b)
    return left, right, under_expr, span


def _unders(a: Num, b: Num) -> tuple[pl.Expr | int, Span]:
    span = a.under_span * b.under_span
    if isinstance(a.under, int) and isinstance(b.under, int):
        return a.under * b.under, span
    first, one, second, two = (a.under, a.under_span, b.under, b.under_span)
    if isinstance(first, int):
        first, one, second, two = second, two, first, one
    assert isinstance(first, pl.Expr)
    return product(first, one, second, two)


def multiply(a: Num, b: Num) -> Num:
    """Multiply two numbers; a literal is reduced against the other's denominator first."""
    if a.literal is not None and b.literal is not None:
        return literal(a.literal * b.literal)
    if b.literal is None and a.literal is not None:
        a, b = b, a
    if b.literal is not None and isinstance(a.under, int):
        shared = math.gcd(b.literal.numerator, a.under) or 1
        factor, under = b.literal.numerator // shared, a.under // shared * b.literal.denominator
        top, span = scaled(a, factor)
        if a.line is not None and span.size <= SMALL:
            column, slope, offset = a.line
            return on_line(column, slope * factor, offset * factor, span, under, nullable=a.nullable)
        return Num(top, span, under, point(under), a.nullable)
    top, span = product(a.top, a.span, b.top, b.span)
    under_expr, under_span = _unders(a, b)
    return Num(top, span, under_expr, under_span, a.nullable or b.nullable)


def divide(a: Num, b: Num) -> Num:
    """Divide two numbers; missing where the divisor is 0."""
    if b.literal is not None:
        return missing() if b.literal == 0 else multiply(a, literal(1 / b.literal))
    a_under, a_span, b_under, b_span = a.under, a.under_span, b.under, b.under_span
    if isinstance(a_under, int) and isinstance(b_under, int):
        shared = math.gcd(a_under, b_under)
        a_under, b_under = a_under // shared, b_under // shared
        a_span, b_span = point(a_under), point(b_under)
    top, span = product(a.top, a.span, b_under, b_span)
    under, under_span = product(b.top, b.span, a_under, a_span)
    if under_span.low < 0:
        # 128-bit columns know neither a sign nor abs()
        top, under = pl.when(under < 0).then(0 - top).otherwise(top), pl.when(under < 0).then(0 - under).otherwise(under)
        span = Span(-span.size, span.size)
    zero = b.span.low <= 0 <= b.span.high
    if zero or b.nullable:
        top = pl.when(under > 0).then(top).otherwise(None)
    return Num(top, span, under, Span(1, max(under_span.size, 1)), a.nullable or b.nullable or zero)


def bound(a: Num, limit: Fraction, end: str) -> Num:
    """Return a number, or the limit where it lies beyond that: above it for `min`, below it for `max`.

    The denominator stays: t / u above the limit is limit · u / u.
    """
    top, span = scaled(a, limit.denominator)
    under: pl.Expr | int
    if isinstance(a.under, int):
        edge_span, under = point(limit.numerator * a.under), a.under * limit.denominator
        under_span, edge = point(under), pl.lit(edge_span.low, dtype_of(edge_span))
    elif limit == 0:
        under, under_span, edge, edge_span = a.under, a.under_span, pl.lit(0, pl.Int64), point(0)
    else:
        edge, edge_span = product(a.under, a.under_span, limit.numerator, point(limit.numerator))
        under, under_span = product(a.under, a.under_span, limit.denominator, point(limit.denominator))
    both = span | edge_span
    top, edge = widened(top, span, both), widened(edge, edge_span, both)
    if end == "min":
        held = Span(min(span.low, edge_span.low), min(span.high, edge_span.high))
        most = limit if a.most is None else min(a.most, limit)
        return Num(pl.when(top > edge).then(edge).otherwise(top), held, under, under_span, a.nullable, least=a.least, most=most)
    held = Span(max(span.low, edge_span.low), max(span.high, edge_span.high))
    least = limit if a.least is None else max(a.least, limit)
    return Num(pl.when(top < edge).then(edge).otherwise(top), held, under, under_span, a.nullable, least=least, most=a.most)


def rounded(a: Num, places: int, keep: Callable[[pl.Expr], pl.Expr]) -> Num:
    """Round half to even; what is read more than once is kept as a column."""
    if a.literal is not None:
        return literal(half_even(a.literal, places))
    scale = 10**places
    if isinstance(a.under, int) and scale % a.under == 0:
        factor = scale // a.under
        top, span = product(a.top, a.span, factor, point(factor))
        return Num(top, span, scale, point(scale), a.nullable)
    shared = math.gcd(scale, a.under) if isinstance(a.under, int) else 1
    top, span = product(a.top, a.span, 2 * (scale // shared), point(2 * (scale // shared)))
    under = a.under // shared if isinstance(a.under, int) else a.under
    under_span = point(under) if isinstance(under, int) else a.under_span
    double_span = under_span * point(2)
    sum_span = span + under_span
    wide = Span(min(sum_span.low, 0) - double_span.high, max(sum_span.high, double_span.high))
    check(wide, "a rounding")
    kind = dtype_of(wide)
    half = pl.lit(under, kind) if isinstance(under, int) else under.cast(kind)
    double = pl.lit(2 * under, kind) if isinstance(under, int) else half * 2
    raised = keep(top.cast(kind) + half)
    up = keep(raised // double)
    tie = (raised == up * double) & (up % 2 == 1)
    result = up - tie.cast(kind)
    bounds = _rounded_span(a, sum_span, double_span, scale)
    narrow = result.cast(pl.Int64) if kind is pl.Int128 and bounds.size <= SMALL else result
    return Num(narrow, bounds, scale, point(scale), a.nullable)


def _rounded_span(a: Num, raised: Span, double: Span, scale: int) -> Span:
    """Bound a rounded number, by its parts or by what is known of itself."""
    low, high = raised.low // max(double.low, 1) - 1, raised.high // max(double.low, 1) + 1
    low, high = min(low, raised.low // double.high - 1), max(high, 1)
    if a.least is not None:
        low = max(low, math.floor(a.least * scale))
    if a.most is not None:
        high = min(high, math.ceil(a.most * scale))
    return Span(min(low, high), high)


def choose(condition: pl.Expr, then: Num, otherwise: Num, *, nullable: bool) -> Num:
    """Return one number where the condition is true, the other where it is false, missing where it is unknown."""
    if isinstance(then.under, int) and isinstance(otherwise.under, int):
        (left, a), (right, b), under, under_span = common(then, otherwise)
        span = a | b
        top = pick(condition, widened(left, a, span), widened(right, b, span), nullable=nullable)
        return Num(top, span, under, under_span, nullable or then.nullable or otherwise.nullable)
    span, under_span = then.span | otherwise.span, then.under_span | otherwise.under_span
    kind = dtype_of(under_span)
    unders = [pl.lit(n.under, kind) if isinstance(n.under, int) else n.under.cast(kind) for n in (then, otherwise)]
    top = pick(condition, widened(then.top, then.span, span), widened(otherwise.top, otherwise.span, span), nullable=nullable)
    under_expr = pl.when(condition.fill_null(value=False)).then(unders[0]).otherwise(unders[1])
    return Num(top, span, under_expr, under_span, nullable or then.nullable or otherwise.nullable)


def pick(condition: pl.Expr, then: pl.Expr, otherwise: pl.Expr, *, nullable: bool) -> pl.Expr:
    """Return one column or the other; a null condition gives null, which `when` alone would not."""
    chosen = pl.when(condition).then(then).otherwise(otherwise)
    return pl.when(condition.is_null()).then(None).otherwise(chosen) if nullable else chosen
