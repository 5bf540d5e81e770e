"""Amounts inside sentences."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.amounts import shown


def amount(units: int | Fraction, minor: int) -> str:
    """Write an amount of smallest units with its decimals and thousands commas.

    Examples:
        >>> amount(11500000, 2)
        '115,000.00'
    """
    return shown(Fraction(units) / 10**minor, minor, least=minor)
