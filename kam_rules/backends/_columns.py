"""Exact numbers as columns: a whole number over a denominator, with bounds that prove how many bits it needs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from kam_rules.backends.reference import COMPARE
from kam_rules.model.amounts import half_even
from kam_rules.model.errors import Finding, UnsupportedError

SMALL = 2**63 - 1
LARGE = 2**127 - 1
MILLION = 10**6
CLIP = 2**52
CODE_DECIMALS = 6


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


@dataclass(frozen=True, slots=True)
class Num:
    """`top` / `under`: columns of whole numbers, `under` above 0; a literal denominator is a plain number.

    `top` is null where the value is missing; `nullable` tells whether that can be. `literal` is the value where it is
    the same for every row.
    """

    top: pl.Expr
    span: Span
    under: pl.Expr | int = 1
    under_span: Span = Span(1, 1)
    nullable: bool = False
    literal: Fraction | None = None


def typed(expr: pl.Expr, span: Span, what: str) -> pl.Expr:
    """Return the expression in the type that the span needs.

    Raises:
        UnsupportedError: KR512 the span needs more than 127 bits.
    """
    if span.size > LARGE:
        message = f"the columnar engine cannot carry {what}: it could need more than 127 bits"
        raise UnsupportedError(Finding("KR512", message, None, "give the fields it reads a max:, or run with --engine reference"))
    return expr.cast(pl.Int64 if span.size <= SMALL else pl.Int128)


def literal(value: Fraction) -> Num:
    """Return a literal."""
    return Num(
        pl.lit(value.numerator, _dtype(point(value.numerator))),
        point(value.numerator),
        value.denominator,
        point(value.denominator),
        literal=value,
    )


def missing() -> Num:
    """Return a number that is always missing."""
    return Num(pl.lit(None, pl.Int64), point(0), nullable=True)


def _dtype(span: Span) -> type[pl.DataType]:
    return pl.Int64 if span.size <= SMALL else pl.Int128


def _in(expr: pl.Expr, own: Span, wanted: Span) -> pl.Expr:
    """Widen a column where the result needs it; a column that fits already stays as it is."""
    return expr.cast(pl.Int128) if wanted.size > SMALL and own.size <= SMALL else expr


def product(left: pl.Expr, a: Span, right: pl.Expr | int, b: Span) -> tuple[pl.Expr, Span]:
    """Multiply two columns of whole numbers, or one with a literal."""
    span = a * b
    _check(span, "a product")
    if isinstance(right, int):
        return (left if right == 1 else _in(left, a, span) * pl.lit(right, _dtype(_wide(span, b))), span)
    return _in(left, a, span) * _in(right, b, span), span


def _wide(span: Span, own: Span) -> Span:
    return span if span.size > SMALL else own


def _check(span: Span, what: str) -> None:
    if span.size > LARGE:
        typed(pl.lit(0), span, what)


def add(a: Num, b: Num, sign: int) -> Num:
    """Add or subtract two numbers."""
    if a.literal is not None and b.literal is not None:
        return literal(a.literal + sign * b.literal)
    a_top, b_top, under, under_span = _common(a, b)
    span = a_top[1] + b_top[1] if sign > 0 else a_top[1] - b_top[1]
    _check(span, "a sum")
    left, right = _in(a_top[0], a_top[1], span), _in(b_top[0], b_top[1], span)
    return Num(left + right if sign > 0 else left - right, span, under, under_span, a.nullable or b.nullable)


Top = tuple[pl.Expr, Span]


def _common(a: Num, b: Num) -> tuple[Top, Top, pl.Expr | int, Span]:
    """Bring two numbers over one denominator."""
    if isinstance(a.under, int) and isinstance(b.under, int):
        under = math.lcm(a.under, b.under)
        left = product(a.top, a.span, under // a.under, point(under // a.under))
        right = product(b.top, b.span, under // b.under, point(under // b.under))
        return left, right, under, point(under)
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
        top, span = product(a.top, a.span, factor, point(factor))
        return Num(top, span, under, point(under), a.nullable)
    top, span = product(a.top, a.span, b.top, b.span)
    under_expr, under_span = _unders(a, b)
    return Num(top, span, under_expr, under_span, a.nullable or b.nullable)


def divide(a: Num, b: Num) -> Num:
    """Divide two numbers; missing where the divisor is 0."""
    if b.literal is not None:
        return missing() if b.literal == 0 else multiply(a, literal(1 / b.literal))
    top, span = product(a.top, a.span, b.under, b.under_span)
    under, under_span = product(b.top, b.span, a.under, a.under_span)
    nullable = a.nullable or b.nullable or b.span.low <= 0 <= b.span.high
    if under_span.low < 0:
        # 128-bit columns know neither a sign nor abs()
        top, under = pl.when(under < 0).then(0 - top).otherwise(top), pl.when(under < 0).then(0 - under).otherwise(under)
        span = Span(-span.size, span.size)
    if b.span.low <= 0 <= b.span.high or b.nullable:
        top = pl.when(under > 0).then(top).otherwise(None)
    positive = Span(1, max(under_span.size, 1))
    if isinstance(a.under, int) and isinstance(b.under, int):
        shared = math.gcd(a.under, b.under)
        if shared > 1 and isinstance(b.under, int):
            return _reduced(a, b, shared, nullable)
    return Num(top, span, under, positive, nullable)


def _reduced(a: Num, b: Num, shared: int, nullable: bool) -> Num:  # noqa: FBT001 - a fact of the quotient
    """Divide numbers whose literal denominators share a factor, without carrying it along."""
    return divide(
        replace(a, under=int(a.under) // shared, under_span=point(int(a.under) // shared)),  # type: ignore[arg-type]
        replace(b, under=int(b.under) // shared, under_span=point(int(b.under) // shared), nullable=b.nullable or nullable and b.nullable),  # type: ignore[arg-type]
    )


def rounded(a: Num, places: int) -> Num:
    """Round half to even."""
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
    wide = Span(min(sum_span.low, -double_span.high), max(sum_span.high, double_span.high))
    _check(wide, "a rounding")
    kind = _dtype(wide)
    half = pl.lit(under, kind) if isinstance(under, int) else under.cast(kind)
    double = pl.lit(2 * under, kind) if isinstance(under, int) else half * 2
    raised = top.cast(kind) + half
    up = raised // double
    tie = (raised % double == 0) & (up % 2 == 1)
    result = up - tie.cast(kind)
    low, high = sum_span.low // max(double_span.low, 1) - 1, sum_span.high // max(double_span.low, 1) + 1
    bounds = Span(min(low, sum_span.low // double_span.high - 1), max(high, 1))
    narrow = result.cast(pl.Int64) if kind is pl.Int128 and bounds.size <= SMALL else result
    return Num(narrow, bounds, scale, point(scale), a.nullable)


def choose(condition: pl.Expr, then: Num, otherwise: Num, *, nullable: bool) -> Num:
    """Return one number where the condition is true, the other where it is false, missing where it is unknown."""
    if isinstance(then.under, int) and isinstance(otherwise.under, int):
        (left, a), (right, b), under, under_span = _common(then, otherwise)
        span = a | b
        top = pick(condition, _in(left, a, span), _in(right, b, span), nullable=nullable)
        return Num(top, span, under, under_span, nullable or then.nullable or otherwise.nullable)
    span, under_span = then.span | otherwise.span, then.under_span | otherwise.under_span
    kind = _dtype(under_span)
    unders = [pl.lit(n.under, kind) if isinstance(n.under, int) else n.under.cast(kind) for n in (then, otherwise)]
    top = pick(condition, _in(then.top, then.span, span), _in(otherwise.top, otherwise.span, span), nullable=nullable)
    under_expr = pl.when(condition.fill_null(value=False)).then(unders[0]).otherwise(unders[1])
    return Num(top, span, under_expr, under_span, nullable or then.nullable or otherwise.nullable)


def look_up(rule: pl.Expr, given: list[Num], *, nullable: bool) -> Num | None:
    """Return the literal that the rule of each row's number gives; None where some rule gives no literal."""
    if not given or any(item.literal is None and not _absent(item) for item in given):
        return None
    if not nullable and len(given) > 1:
        even = _evenly(rule, [item.literal for item in given])
        if even is not None:
            return even
    known = [item.literal for item in given if item.literal is not None]
    under = math.lcm(*(value.denominator for value in known)) if known else 1
    tops = [None if item.literal is None else int(item.literal * under) for item in given]
    whole = [top for top in tops if top is not None] or [0]
    span = Span(min(whole), max(whole))
    _check(span, "a literal")
    index = pl.when(rule >= 0).then(rule) if nullable else rule
    values = pl.lit(pl.Series(tops, dtype=_dtype(span)))
    return Num(values.gather(index.cast(pl.UInt32)), span, under, point(under), nullable or None in tops)


def _evenly(rule: pl.Expr, given: list[Fraction | None]) -> Num | None:
    """Return literals that rise or fall in equal steps from rule to rule as a product, which is quicker than a look-up."""
    known = [value for value in given if value is not None]
    step = known[1] - known[0] if len(known) > 1 else Fraction(0)
    if len(known) < len(given) or any(value != known[0] + i * step for i, value in enumerate(known)):
        return None
    under = math.lcm(*(value.denominator for value in known))
    tops = [int(value * under) for value in known]
    span = Span(min(tops), max(tops))
    if span.size > SMALL:
        return None
    return Num(rule.cast(pl.Int64) * int(step * under) + tops[0], span, under, point(under))


def _absent(item: Num) -> bool:
    return item.nullable and item.top.meta.is_literal()


def pick(condition: pl.Expr, then: pl.Expr, otherwise: pl.Expr, *, nullable: bool) -> pl.Expr:
    """Return one column or the other; a null condition gives null, which `when` alone would not."""
    chosen = pl.when(condition).then(then).otherwise(otherwise)
    return pl.when(condition.is_null()).then(None).otherwise(chosen) if nullable else chosen


def code(a: Num) -> pl.Expr:
    """Return a ratio as one whole number that compares exactly with every literal of at most 6 decimals.

    Twice the floor of the millionths, plus 1 where something is left over; clipped beyond what literals reach.
    """
    assert isinstance(a.under, pl.Expr)
    span = a.span * point(MILLION)
    kind = _dtype(Span(min(span.low, 0), max(span.high, a.under_span.high)))
    _check(span, "a ratio")
    top, under = a.top.cast(kind) * pl.lit(MILLION, kind), a.under.cast(kind)
    if kind is pl.Int64 and span.size // max(a.under_span.low, 1) < CLIP // 2:
        return _quick_code(top, under)
    floor = top // under
    rest = (floor * under != top).cast(pl.Int64)
    if span.size > CLIP:
        floor = floor.clip(-CLIP, CLIP)
    return floor.cast(pl.Int64) * 2 + rest


def _quick_code(top: pl.Expr, under: pl.Expr) -> pl.Expr:
    """Return the code by a guess in floating point that whole numbers then set right: exact, and no slow division.

    The quotient lies below 2^51, so the guess is off by 1 at the most; the remainder tells which way.
    """
    guess = (top.cast(pl.Float64) / under.cast(pl.Float64)).floor().cast(pl.Int64, strict=False)
    rest = top - guess * under
    below, above = (rest < 0).cast(pl.Int64), (rest >= under).cast(pl.Int64)
    floor = guess - below + above
    return floor * 2 + (rest + (below - above) * under != 0).cast(pl.Int64)


def compare(op: str, a: Num, b: Num, coded: pl.Expr | None = None) -> pl.Expr:
    """Compare two numbers exactly; null where one is missing. `coded` is the code of `a` where it is kept already."""
    if a.literal is not None and b.literal is not None:
        return pl.lit(COMPARE[op](a.literal, b.literal))
    if b.literal is not None:
        if isinstance(a.under, int):
            return _against(op, a.top, a.span, b.literal * a.under)
        edge = b.literal * MILLION * 2
        if edge.denominator == 1 and abs(edge) < 2 * CLIP:
            return _apply(op, code(a) if coded is None else coded, pl.lit(int(edge), pl.Int64))
    (left, one), (right, two), _, _ = _common(a, b)
    span = one | two
    return _apply(op, _in(left, one, span), _in(right, two, span))


def _apply(op: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    found: pl.Expr = COMPARE[op](left, right)
    return found


def _against(op: str, top: pl.Expr, span: Span, edge: Fraction) -> pl.Expr:
    """Compare a whole number with a literal that need not be whole."""
    whole = edge.denominator == 1
    if not whole and op in {"=", "!="}:
        return pl.when(top.is_not_null()).then(pl.lit(op == "!="))
    bound = math.ceil(edge) if op in {">=", "<"} else math.floor(edge)
    if not span.low - 1 <= bound <= span.high + 1:
        bound = span.low - 1 if bound < span.low else span.high + 1
    return _apply(op, top, pl.lit(bound, _dtype(span | point(bound))))
