"""Steps: a point's pay holds from its attainment up to the next point.

Example:
    step: [{at: 90%, pays: 50%}, {at: 100%, pays: 100%}, {at: 110%, pays: 130%}]

Prefer steps where what is measured is counted in few: three objectives of four are kept, or they are not.
Avoid steps for money: whoever stands just below one moves a sale into the next year.
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.pay import Points


def pays(points: Points, attainment: Fraction) -> Fraction:
    """Return the pay of the last point that is reached."""
    return next(pay for at, pay in reversed(points) if at <= attainment)
