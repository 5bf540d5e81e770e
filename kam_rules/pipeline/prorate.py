"""Accounts that change hands in mid-year: each day's quota belongs to who held the account on that day.

What was asked before the change is not touched, and the parts of an account always add up to its year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kam_rules.model.apportion import Claim, apportion
from kam_rules.model.fiscal import YEAR, FiscalYear

MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Change:
    """An account passes to `to` on a day, which is the new holder's first."""

    to: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of the year in which one holder has an account, both days inclusive, and the quota it carries.

    `share` counts days, or months, as the policy prorates; `of` how many the year has.
    """

    holder: str
    start: dt.date
    end: dt.date
    share: int
    of: int
    amount: int


def parts(year: FiscalYear, by: str) -> int:
    """Return how many days, or months, the year is divided into."""
    return YEAR if by == MONTHS else year.days


def counted(year: FiscalYear, day: dt.date, by: str) -> int:
    """Return how many days, or months, of the year lie before a day."""
    return year.month(day) if by == MONTHS else (day - year.start).days


def divisible(year: FiscalYear, day: dt.date, by: str) -> bool:
    """Tell whether a change on that day falls between two parts of the year, so that nothing need be guessed."""
    if by != MONTHS:
        return True
    return year.whole and any(period.start == day for period in year.periods(MONTHS))


def prorate(quota: int, first: str, changes: Sequence[Change], year: FiscalYear, by: str = "days") -> tuple[Held, ...]:
    """Return who holds an account when, and which part of its annual quota each carries; the parts sum to the quota.

    Args:
        quota: the account's annual quota, in smallest units.
        first: who holds it on the year's first day.
        changes: its changes of hands, at most one a day, each inside the year; in any order.
        year: the fiscal year.
        by: days or months.

    Examples:
        >>> year = FiscalYear("FY2027", dt.date(2026, 2, 1), dt.date(2027, 1, 31))
        >>> move = [Change("new", dt.date(2026, 8, 1))]
        >>> [held.amount for held in prorate(365000, "old", move, year)]
        [181000, 184000]
        >>> [held.amount for held in prorate(365000, "old", move, year, "months")]
        [182500, 182500]
    """
    ordered = sorted(changes, key=lambda change: change.on)
    starts = [year.start, *(change.on for change in ordered)]
    ends = [*(change.on - dt.timedelta(days=1) for change in ordered), year.end]
    holders = [first, *(change.to for change in ordered)]
    of = parts(year, by)
    edges = [*(counted(year, day, by) for day in starts), of]
    shares = [after - before for before, after in pairwise(edges)]
    amounts = apportion(quota, [Claim(f"{i:09d}", share) for i, share in enumerate(shares)]).parts
    stretches = zip(holders, starts, ends, shares, amounts, strict=True)
    held = tuple(Held(holder, start, end, share, of, part) for holder, start, end, share, part in stretches if share)
    assert sum(h.amount for h in held) == quota, (quota, held)
    return held


def moved(accounts: Iterable[tuple[str, int, Sequence[Held]]]) -> dict[str, int]:
    """Return each holder's change of quota, its sum being 0: what one gives another takes.

    Args:
        accounts: for each account that changes hands its holder for the whole year as planned, its annual quota, and
            the stretches that it is held in now.
    """
    change: dict[str, int] = {}
    for planned, quota, stretches in accounts:
        change[planned] = change.get(planned, 0) - quota
        for held in stretches:
            change[held.holder] = change.get(held.holder, 0) + held.amount
    assert sum(change.values()) == 0, change
    return change
