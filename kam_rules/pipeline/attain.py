"""What became of a year: retention of a closed cohort, attainment, ranks, and the club. Amounts in smallest units."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.model.year import ACCOUNT_BASED, RAW_NRR, TOTAL, UNIFORM, Club, YearEnd


@dataclass(frozen=True, slots=True)
class Movement:
    """What one account of the cohort did in the year; all amounts are positive.

    `escalators` and `reactivation` are parts of the expansion: rises that the contract fixed, and business that came
    back after it had left.
    """

    start: int
    expansion: int = 0
    contraction: int = 0
    churn: int = 0
    escalators: int = 0
    reactivation: int = 0

    @classmethod
    def between(cls, start: int, end: int) -> Movement:
        """Return the movement of an account of which only the end is known; at 0 it is lost.

        Examples:
            >>> Movement.between(100, 80).contraction, Movement.between(100, 0).churn
            (20, 100)
        """
        lost = start if not end else 0
        return cls(start, max(0, end - start), 0 if lost else max(0, start - end), lost)

    def end(self, counts: YearEnd) -> int:
        """Return what counts at the end of the year."""
        out = (0 if counts.escalators else self.escalators) + (0 if counts.reactivation else self.reactivation)
        return self.start + self.expansion - out - self.contraction - self.churn

    @property
    def kept(self) -> int:
        """What is left of the start without any expansion."""
        return self.start - self.contraction - self.churn


@dataclass(frozen=True, slots=True)
class Retention:
    """A cohort's start, end and what was kept of the start, each the sum over its accounts."""

    start: int
    end: int
    kept: int
    accounts: int

    @property
    def nrr(self) -> Fraction | None:
        """Net revenue retention, Σ end / Σ start, never a mean of ratios; None where nothing was there to retain."""
        return Fraction(self.end, self.start) if self.start else None

    @property
    def grr(self) -> Fraction | None:
        """Gross revenue retention: what was kept, capped at each account's start before it is summed."""
        return Fraction(self.kept, self.start) if self.start else None


def retention(movements: Sequence[Movement], counts: YearEnd) -> Retention:
    """Return the retention of a closed cohort.

    Examples:
        >>> found = retention([Movement(1000000, 180000, 40000, 60000, escalators=30000)], YearEnd(escalators=True))
        >>> found.nrr, found.grr
        (Fraction(27, 25), Fraction(9, 10))
    """
    return Retention(
        sum(m.start for m in movements),
        sum(m.end(counts) for m in movements),
        sum(min(m.start, m.kept) for m in movements),
        len(movements),
    )


@dataclass(frozen=True, slots=True)
class Year:
    """One rep's year: base, what became of it, and each quota; None where there is none.

    `end` counts the accounts with a target, `base` and `ended` the whole cohort.
    """

    id: str
    base: int
    ended: int
    end: int
    committed: int
    uniform: int | None = None
    total: int | None = None

    def measure(self, by: str, against: str = "committed") -> Fraction | None:
        """Return raw NRR, or attainment of the uniform or the account-based quota; None where it is divided by nothing.

        Examples:
            >>> year = Year("Ben", 2500000, 2640000, 2640000, 2585000, 2800000, 2698229)
            >>> [str(round(year.measure(by) * 100, 4)) for by in ("raw_nrr", "uniform", "account_based")]
            ['528/5', '942857/10000', '1021277/10000']
        """
        over, under = {
            RAW_NRR: (self.ended, self.base),
            UNIFORM: (self.end, self.uniform),
            ACCOUNT_BASED: (self.end, self.total if against == TOTAL else self.committed),
        }[by]
        return Fraction(over, under) if under else None


def ranks(values: Mapping[str, Fraction | None]) -> dict[str, int | None]:
    """Return each one's rank, the largest first; equals share the better rank, and who has no figure has no rank.

    Examples:
        >>> ranks({"a": Fraction(1), "b": Fraction(2), "c": Fraction(2), "d": None})
        {'a': 3, 'b': 1, 'c': 1, 'd': None}
    """
    first: dict[Fraction, int] = {}
    for place, value in enumerate(sorted((v for v in values.values() if v is not None), reverse=True), start=1):
        first.setdefault(value, place)
    return {id_: None if value is None else first[value] for id_, value in values.items()}


def club(years: Sequence[Year], rule: Club) -> tuple[str, ...]:
    """Return who is in the club: at or above `at_least`, of those the `top` share of all people, rounded down.

    Equals at the last place are all in or all out: a place is never decided by a name.
    """
    values = {year.id: year.measure(rule.by, rule.against) for year in years}
    reached = {id_: value for id_, value in values.items() if value is not None and value >= rule.at_least}
    places = len(years) if rule.top is None else math.floor(rule.top * len(years))
    rising = sorted(reached.values())
    taken = [id_ for id_, value in reached.items() if len(rising) - bisect_left(rising, value) <= places]
    return tuple(sorted(taken, key=lambda id_: (-reached[id_], id_)))
