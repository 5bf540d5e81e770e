"""A year's quota as quarters or months that add up to it exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction

from kam_rules.model.apportion import Claim, apportion
from kam_rules.model.fiscal import YEAR, FiscalYear, Period


def split(quota: int, weights: Sequence[int | Fraction], unit: int = 1) -> tuple[int, ...]:
    """Return the parts of a quota by the weight of each period; what fills no whole unit stands in the last period.

    Args:
        quota: the annual quota, in smallest units.
        weights: one weight a period, none negative; equal ones, where all are 0, split evenly.
        unit: the smallest part, in smallest units.

    Examples:
        >>> split(1000, [1, 1, 1, 1]), split(1001, [0, 3, 3, 1]), split(0, [0, 0])
        ((250, 250, 250, 250), (0, 429, 429, 143), (0, 0))
    """
    even = not any(weights)
    found = apportion(quota, [Claim(f"{i:02d}", 1 if even else weight) for i, weight in enumerate(weights)], unit)
    parts = (*found.parts[:-1], found.parts[-1] + found.rest + found.residual)
    assert sum(parts) == quota, (quota, parts)
    return parts


def season(sales: Iterable[tuple[dt.date, int]], year: FiscalYear, into: str) -> tuple[list[int], int]:
    """Return last year's revenue by period, and how many sales lay outside last year."""
    last = year.last
    step = YEAR // len(year.periods(into))
    found, outside = [0] * (YEAR // step), 0
    for day, revenue in sales:
        if day in last:
            found[last.month(day) // step] += revenue
        else:
            outside += 1
    return found, outside


def renewal(day: dt.date | None, periods: Sequence[Period]) -> list[int]:
    """Return all weight on the period in which an account renews; none at all, so evenly, where it does not in the year."""
    return [int(day is not None and period.start <= day <= period.end) for period in periods]
