"""What a tier gives an account, what both sides say of each other, and when an account is looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kam_rules.model.errors import Where

CONTRIBUTION, FRESH = "service.contribution", "calibration.fresh"
"""Figures of each account that the review reads: what it contributes, and whether its calibration holds."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Something that a tier entitles to, and the function that delivers it."""

    id: str
    what: str
    by: str


@dataclass(frozen=True, slots=True)
class TierService:
    """What one account of a tier is given in a year: entitlements by id, people, hours, and money in whole currency units."""

    tier: str
    entitlements: tuple[str, ...] = ()
    people: Fraction = Fraction(0)
    hours: Fraction = Fraction(0)
    money: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Service:
    """All of it; an account is over-invested where its share of money or people exceeds `over` times its share of contribution."""

    contribution: str
    over: Fraction
    entitlements: tuple[Entitlement, ...]
    tiers: tuple[TierService, ...]
    where: Where | None = None

    def of(self, tier: str | None) -> TierService:
        """Return what a tier gives; nothing where it is not named."""
        return next((found for found in self.tiers if found.tier == tier), TierService(tier or ""))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fields of both sides' views and of their day, for how many months they hold, and the tiers that need them fresh."""

    ours: str
    theirs: str
    on: str
    months: int
    needed_for: tuple[str, ...] = ()
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Reassess:
    """Every how many months an account is assessed again, and after how many days more that is overdue."""

    months: int
    days: int
    where: Where | None = None
