"""Is the quota fair: what each book supports beside what it is asked for, and how evenly that falls.

Figures are exact; a root is rounded once, to stated places, by whole-number arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from kam_rules.model.amounts import half_even

KEPT = 9
"""Decimals of an attainability that statistics are taken of: so the work stays linear in the number of books."""
PLACES = 6
"""Decimals of a root."""
FEWEST = 5
"""Below so many books nothing may be inferred from a correlation."""
NO_VARIANCE = "n/a (no variance)"
NO_BOOK = "n/a (no book)"
NOT_POSITIVE = "n/a (the mean is not above 0)"
TOO_FEW = "n < 5: no inference"


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly a figure falls on n books; a text says why there is no figure."""

    n: int
    gini: Fraction | str
    variation: Fraction | str
    ratio: Fraction | str

    @property
    def note(self) -> str:
        """What is said beside figures of few books."""
        return TOO_FEW if self.n < FEWEST else ""


def attainability(supports: int, quota: int) -> Fraction | None:
    """Return what a book supports in proportion to what is asked of it; None where nothing is asked."""
    return Fraction(supports, quota) if quota > 0 else None


def evenness(values: Sequence[Fraction]) -> Evenness:
    """Return Gini, coefficient of variation (population form) and largest over smallest of some figures.

    Gini is the mean absolute difference over twice the mean; the coefficient of variation is the root of the mean
    squared deviation over the mean.

    Examples:
        >>> found = evenness([Fraction(n, 112) for n in (118, Fraction("111.2"), Fraction("103.4"), 98)])
        >>> float(round(found.gini, 6)), float(found.variation), found.note
        (0.039364, 0.070579, 'n < 5: no inference')
    """
    n = len(values)
    if not n:
        return Evenness(0, NO_BOOK, NO_BOOK, NO_BOOK)
    kept = sorted(half_even(value, KEPT) for value in values)
    total = sum(kept, Fraction(0))
    if total <= 0:
        return Evenness(n, NOT_POSITIVE, NOT_POSITIVE, NOT_POSITIVE)
    ranked = sum(((2 * i - n - 1) * value for i, value in enumerate(kept, start=1)), Fraction(0))
    squares = sum((value * value for value in kept), Fraction(0))
    variance = n * squares / (total * total) - 1
    ratio: Fraction | str = kept[-1] / kept[0] if kept[0] > 0 else "n/a (the smallest is not above 0)"
    return Evenness(n, ranked / (n * total), root(variance, PLACES), ratio)


def correlation(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction | str:
    """Return Pearson's correlation of two figures of the same books, or why there is none.

    Examples:
        >>> correlation([Fraction(1), Fraction(2)], [Fraction(3), Fraction(5)])
        Fraction(1, 1)
        >>> correlation([Fraction(1), Fraction(1)], [Fraction(3), Fraction(5)])
        'n/a (no variance)'
    """
    n = len(left)
    x, y = ([half_even(value, KEPT) for value in side] for side in (left, right))
    sums = sum(x, Fraction(0)), sum(y, Fraction(0))
    together = n * sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0)) - sums[0] * sums[1]
    alone = [n * sum((a * a for a in side), Fraction(0)) - total * total for side, total in zip((x, y), sums, strict=True)]
    if not all(alone):
        return NO_VARIANCE
    size = root(together * together / (alone[0] * alone[1]), PLACES)
    return -size if together < 0 else size


def root(value: Fraction, places: int) -> Fraction:
    """Return the square root rounded to `places`, ties to the even digit; exact, without floats.

    Examples:
        >>> root(Fraction(2), 6), root(Fraction(1, 4), 6)
        (Fraction(707107, 500000), Fraction(1, 2))
    """
    over, under = value.numerator * 10 ** (2 * places), value.denominator
    down = isqrt(over // under)
    beyond = 4 * over - (2 * down + 1) ** 2 * under
    return Fraction(down + (beyond > 0 or (beyond == 0 and down % 2 == 1)), 10**places)
