"""Exact numbers: reading them from text, rounding them half to even, writing them for people.

A number is a `Fraction` from input to decision; no binary float in between.
"""

from __future__ import annotations

import re
from fractions import Fraction

Number = Fraction

PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)$")
ZERO_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}
)
THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
LONGEST = 400
"""Signs past which a text is no number that anybody means."""
LITERAL_DECIMALS = 6
"""A literal has at most so many decimals, counted on its value; source: the policy language."""


def minor_digits(currency: str) -> int:
    """Return how many decimals an amount of the currency keeps. Source: ISO 4217."""
    return 0 if currency in ZERO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def parse_number(text: str) -> Fraction | None:
    """Read a plain decimal such as ``-1234.5`` exactly; None where the text is none."""
    return Fraction(text) if len(text) <= LONGEST and PLAIN_NUMBER.match(text) else None


def parse_percent(text: str) -> Fraction | None:
    """Read ``5%`` as 1/20 exactly; None where the text is no percent."""
    body = text.removesuffix("%")
    number = parse_number(body.strip()) if body != text else None
    return number / 100 if number is not None else None


def decimals(value: Fraction) -> int:
    """Return how many decimals the value needs, or a number past any limit where it never ends.

    Examples:
        >>> decimals(Fraction(1, 8))
        3
    """
    rest, places = value.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places += count
    return places if rest == 1 else 10**6


def half_even(value: Fraction, places: int) -> Fraction:
    """Round to `places` decimals, ties to the even digit.

    Examples:
        >>> half_even(Fraction("64.995"), 2), half_even(Fraction("0.125"), 2)
        (Fraction(65, 1), Fraction(3, 25))
    """
    scale = 10**places
    return Fraction(round(value * scale), scale)


def shown(value: Fraction, places: int, *, least: int = 0, thousands: bool = True) -> str:
    """Write a number rounded to `places`, with at least `least` decimals and thousands commas.

    Examples:
        >>> shown(Fraction(2500001, 2), 2, least=2)
        '1,250,000.50'
    """
    scaled = round(abs(value) * 10**places)
    whole, part = divmod(scaled, 10**places)
    tail = f"{part:0{places}d}".rstrip("0").ljust(least, "0") if places else ""
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole:,}{'.' if tail else ''}{tail}" if thousands else f"{sign}{whole}{'.' if tail else ''}{tail}"


def percent(value: Fraction, places: int = 4) -> str:
    """Write a ratio as a percent.

    Examples:
        >>> percent(Fraction(11, 10)), percent(Fraction(1, 3))
        ('110%', '33.3333%')
    """
    return shown(value * 100, places) + "%"
