"""The fiscal year: its days and its months, whatever month it starts in."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

MONTHS = {"quarters": 3, "months": 1}
"""How many months a period has."""
YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """One quarter or month; both days count."""

    label: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """The year that a policy governs; `end` counts. Its label names the year in which it ends."""

    label: str
    start: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """How many days it has; a leap year's 29 February counts."""
        return (self.end - self.start).days + 1

    @property
    def whole(self) -> bool:
        """Tell whether it is exactly twelve months long."""
        return add_months(self.start, YEAR) == self.end + dt.timedelta(days=1)

    @property
    def last(self) -> FiscalYear:
        """The twelve months before it."""
        return FiscalYear("", add_months(self.start, -YEAR), self.start - dt.timedelta(days=1))

    def __contains__(self, day: object) -> bool:
        """Tell whether a day lies inside."""
        return isinstance(day, dt.date) and self.start <= day <= self.end

    def month(self, day: dt.date) -> int:
        """Return which month of the year a day lies in, the first being 0."""
        months = (day.year - self.start.year) * YEAR + day.month - self.start.month
        return months if add_months(self.start, months) <= day else months - 1

    def periods(self, into: str) -> tuple[Period, ...]:
        """Return its quarters or months.

        Examples:
            >>> year = FiscalYear("FY2027", dt.date(2026, 2, 1), dt.date(2027, 1, 31))
            >>> [f"{p.label}: {p.start} to {p.end}" for p in year.periods("quarters")][::3]
            ['FY2027-Q1: 2026-02-01 to 2026-04-30', 'FY2027-Q4: 2026-11-01 to 2027-01-31']
        """
        step, day = MONTHS[into], dt.timedelta(days=1)
        starts = [add_months(self.start, i) for i in range(0, YEAR + 1, step)]
        sign = "Q" if into == "quarters" else "M"
        wide = 1 if into == "quarters" else 2
        return tuple(
            Period(f"{self.label}-{sign}{i:0{wide}d}", first, after - day) for i, (first, after) in enumerate(pairwise(starts), start=1)
        )


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the day so many months later; the last of the month where that has fewer days.

    Examples:
        >>> str(add_months(dt.date(2026, 1, 31), 1)), str(add_months(dt.date(2026, 7, 1), -12))
        ('2026-02-28', '2025-07-01')
    """
    year, month = divmod(day.year * YEAR + day.month - 1 + months, YEAR)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
