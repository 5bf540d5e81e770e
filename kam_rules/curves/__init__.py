"""Curves say what an attainment pays: one form a file, over points that never fall."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.pay import Points
from kam_rules.model.schema import Schema, listing, percent, record

POINT = record(
    "One point",
    {"at": percent("The attainment; the first point is the threshold"), "pays": percent("What it pays; the last point is the cap")},
    ("at", "pays"),
)


class Form(Protocol):
    """One form of curve."""

    __doc__: str | None

    def pays(self, points: Points, attainment: Fraction) -> Fraction:
        """Return what an attainment between the first point and the last pays, as a share of the target incentive."""


def form(name: str) -> Form:
    """Return a form by its word."""
    return import_module(f"{__name__}.{name}")


def forms() -> tuple[str, ...]:
    """Return all words for forms."""
    return words_of(__path__)


def schema(name: str) -> Schema:
    """Return the shape of what stands behind a form's word."""
    about = (form(name).__doc__ or "").partition("\n")[0].rstrip(".")
    return listing(about, POINT, least=2)


def pays(word: str, points: Points, attainment: Fraction) -> Fraction:
    """Return what an attainment pays: nothing below the first point, no more than the last pays beyond it.

    Args:
        word: the form.
        points: at least one, attainments rising, pay never falling.
        attainment: the exact ratio; it is never rounded first.
    """
    if attainment < points[0][0]:
        return Fraction(0)
    return points[-1][1] if attainment >= points[-1][0] else form(word).pays(points, attainment)
