"""Straight lines between the points: each bit of attainment pays a bit more.

Below the first point nothing is paid: it is the threshold, and pays itself. Beyond the last no more than that is paid: it is
the cap. Attainment is the exact ratio; rounding it first would pay another amount.

Example:
    line: [{at: 80%, pays: 50%}, {at: 100%, pays: 100%}, {at: 120%, pays: 150%}]

Prefer a threshold that about nine in ten people reach, and a cap that about one in ten does.
Avoid a slope so steep that a day's difference decides a month's pay.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from kam_rules.model.pay import Points


def pays(points: Points, attainment: Fraction) -> Fraction:
    """Return the pay on the line between the two points around the attainment."""
    (low, less), (high, more) = next(pair for pair in pairwise(points) if pair[0][0] <= attainment < pair[1][0])
    return less + (more - less) * (attainment - low) / (high - low)
