"""Exact comparisons of columns, and literals by the number of the rule that gives them."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import polars as pl

from kam_rules.backends import _exact
from kam_rules.backends._exact import Num, common
from kam_rules.backends._span import SMALL, Span, check, dtype_of, point, product, widened
from kam_rules.backends.reference import COMPARE


def look_up(rule: pl.Expr, given: list[Num], *, nullable: bool) -> Num | None:
    """Return the literal that the rule of each row's number gives; None where some rule gives no literal.

    Where it is `nullable`, the number is null, not -1, in rows that no rule decides.
    """
    if not given or any(item.literal is None and not (item.nullable and item.top.meta.is_literal()) for item in given):
        return None
    if len(given) > 1:
        even = _evenly(rule, [item.literal for item in given], nullable=nullable)
        if even is not None:
            return even
    known = [item.literal for item in given if item.literal is not None]
    under = math.lcm(*(value.denominator for value in known)) if known else 1
    tops = [None if item.literal is None else int(item.literal * under) for item in given]
    whole = [top for top in tops if top is not None] or [0]
    span = Span(min(whole), max(whole))
    check(span, "a literal")
    values = pl.lit(pl.Series([None, *tops], dtype=dtype_of(span)))
    return Num(values.gather((rule.fill_null(-1) + 1).cast(pl.UInt32)), span, under, point(under), nullable or None in tops)


def _evenly(rule: pl.Expr, given: list[Fraction | None], *, nullable: bool) -> Num | None:
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
    return _exact.on_line(rule, int(step * under), tops[0], span, under, nullable=nullable)


def compare(op: str, a: Num, b: Num) -> pl.Expr:
    """Compare two numbers exactly; null where one is missing. Ratios are multiplied out, never divided."""
    if a.literal is not None and b.literal is not None:
        return pl.lit(COMPARE[op](a.literal, b.literal))
    if b.literal is not None and isinstance(a.under, int):
        return _against(op, a.top, a.span, b.literal * a.under)
    (left, one), (right, two), _, _ = common(a, b)
    span = one | two
    return _apply(op, widened(left, one, span), widened(right, two, span))


def reached(value: Num, edges: list[Fraction], keep: Callable[[pl.Expr], pl.Expr]) -> list[pl.Expr]:
    """Tell for each edge whether a number has reached it; null where it is missing.

    The edges of a ratio are brought over one denominator, so that its numerator is multiplied once.
    """
    if value.literal is not None or isinstance(value.under, int):
        return [compare(">=", value, _exact.literal(edge)) for edge in edges]
    common_ = math.lcm(*(edge.denominator for edge in edges))
    left, one = _exact.scaled(value, common_)
    left, found = keep(left), []
    for edge in edges:
        factor = int(edge * common_)
        right, two = product(value.under, value.under_span, factor, point(factor))
        span = one | two
        found.append(_apply(">=", widened(left, one, span), widened(right, two, span)))
    return found


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
    return _apply(op, top, pl.lit(bound, dtype_of(span | point(bound))))
