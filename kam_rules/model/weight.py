"""What a book says of a policy: how many accounts a finding or an edge touches, and the revenue that rides on it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kam_rules.model.errors import Where

NEAR = Fraction(2, 100)
"""How near an edge an account is near it, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Weight:
    """So many accounts, and their base revenue."""

    accounts: int
    base: Fraction


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge that a rule or a band writes, and the accounts near it.

    `near` are those within the share asked for; of them `flips` would get another tier or state had the comparison come
    out the other way, all else equal, and `change` is what their targets would change by, up and down added.
    `jump` is what the composite jumps at the edge of a band, in points.
    """

    list_id: str
    rule: str
    text: str
    near: Weight
    flips: Weight
    change: Fraction
    jump: Fraction | None = None
    asked: int = 0
    where: Where | None = None
