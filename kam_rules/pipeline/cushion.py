"""Does the cushion hold: against the loss of one account, and against a downturn of all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.model.year import Stress


@dataclass(frozen=True, slots=True)
class Loss:
    """One account that counts as safe: what it is committed to, and whether the cushion covers its loss."""

    account_id: str
    target: int
    covered: bool


@dataclass(frozen=True, slots=True)
class Downturn:
    """A share of all targets lost, its amount unrounded, and whether the cushion covers it."""

    share: Fraction
    loss: Fraction
    covered: bool


@dataclass(frozen=True, slots=True)
class Stressed:
    """A cushion under stress.

    Attributes:
        cushion: by how much the targets exceed the top-down figure; 0 where they do not.
        losses: one for each safe account, the largest target first, ties by id.
        downturns: as the policy lists them.
        breaks_at: the share of all targets that uses the cushion up; None where nothing is committed.
    """

    cushion: int
    losses: tuple[Loss, ...]
    downturns: tuple[Downturn, ...]
    breaks_at: Fraction | None

    @property
    def covered(self) -> int:
        """How many single losses the cushion covers."""
        return sum(loss.covered for loss in self.losses)


def stress(bottom_up: int, cushion: int, safe: Iterable[tuple[str, int]], asked: Stress) -> Stressed:
    """Hold the cushion against what the policy asks; a loss as large as the cushion is covered.

    Args:
        bottom_up: sum of the committed targets, in smallest units.
        cushion: by how much they exceed the top-down figure, in smallest units; 0 where they do not.
        safe: id and committed target of every account in the states of `asked.lose_one_of`.
        asked: the policy's `stress`.

    Examples:
        >>> found = stress(5365000, 115000, [("B1", 1650000)], Stress(("mature",), (Fraction(1, 50),)))
        >>> found.losses[0].covered, found.downturns[0].covered
        (False, True)
    """
    ordered = sorted(safe, key=lambda item: (-item[1], item[0]))
    losses = tuple(Loss(id_, target, target <= cushion) for id_, target in ordered)
    downturns = tuple(Downturn(share, share * bottom_up, share * bottom_up <= cushion) for share in asked.downturn)
    return Stressed(cushion, losses, downturns, Fraction(cushion, bottom_up) if bottom_up > 0 else None)
