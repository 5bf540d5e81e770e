"""The values that a field may have, in a row."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.model.tree import Value
from kam_rules.model.types import Field, Type

FARTHEST = 2**62
"""Whole smallest units past which no table keeps a value."""


@dataclass(frozen=True, slots=True)
class Line:
    """The least and the most of a field's values as whole places: its smallest units, or days."""

    least: int
    most: int
    scale: int
    days: bool

    @classmethod
    def of(cls, field_: Field) -> Line:
        """Return the line of a field that has an order."""
        if field_.type is Type.DATE:
            return cls(dt.date(1900, 1, 1).toordinal(), dt.date(2199, 12, 31).toordinal(), 1, days=True)
        scale = 10**field_.decimals
        low, high = field_.plausible or (None, None)
        lows = [end for end in (field_.least, low) if end is not None]
        highs = [end for end in (field_.most, high) if end is not None]
        least = max(math.ceil(end * scale) for end in lows) if lows else -FARTHEST
        return cls(least, min(math.floor(end * scale) for end in highs) if highs else FARTHEST, scale, days=False)

    def place(self, value: Value) -> int:
        """Return the place of a value."""
        if isinstance(value, dt.date):
            return value.toordinal()
        assert isinstance(value, Fraction), "only numbers and days stand on a line"
        return int(value * self.scale)

    def start(self, day: dt.date | None) -> int:
        """Return the place from which a missing value is looked for: nought, or the given day, or the limit next to it."""
        wanted = day.toordinal() if self.days and day is not None else 0
        return min(max(wanted, self.least), self.most)

    def value(self, place: int) -> Value:
        """Return the value at a place."""
        return dt.date.fromordinal(place) if self.days else Fraction(place, self.scale)
