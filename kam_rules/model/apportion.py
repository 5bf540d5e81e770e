"""Split a whole amount by weights so that the parts add up exactly: the one function that spreads anything.

Largest remainder (Hamilton's method), ties to the smaller id; caps and minimums by water-filling.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction


class ApportionError(ValueError):
    """The total cannot be spread so; `amounts` in smallest units stand where the sentence has a gap."""

    def __init__(self, sentence: str, *amounts: int) -> None:
        """Keep the sentence with its gaps, so that a caller can tell the amounts in its currency."""
        self.sentence, self.amounts = sentence, amounts
        super().__init__(self.tell(str))

    def tell(self, say: Callable[[int], str]) -> str:
        """Return the sentence with every amount as `say` writes it."""
        return self.sentence.format(*(say(amount) for amount in self.amounts))


@dataclass(frozen=True, slots=True)
class Claim:
    """One holder's claim on a total, all amounts in smallest units.

    Attributes:
        id: what breaks ties, by code point.
        weight: the claim's proportion, never negative; with 0 it gets its minimum and no more.
        least: what it gets at least; most: what it gets at most (None: any amount).
        locked: the exact part it gets, whatever its weight; None where it is free.
    """

    id: str
    weight: Fraction | int
    least: Fraction | int = 0
    most: Fraction | int | None = None
    locked: int | None = None


@dataclass(frozen=True, slots=True)
class Apportioned:
    """The parts in the order of the claims; `rest` found no room under the caps, `residual` fills no whole unit.

    ``sum(parts) + rest + residual`` is the total.
    """

    parts: tuple[int, ...]
    rest: int = 0
    residual: int = 0


def apportion(total: int, claims: Sequence[Claim], unit: int = 1) -> Apportioned:
    """Split `total` in proportion to the claims' weights, in whole units, so that all of it is accounted for.

    Each free claim gets λ × weight, held between its minimum and its cap, with one λ for all: what a cap keeps out flows
    to the others by their weights. Parts are rounded down to the unit; the units left go one each to the largest
    remainders. A cap is rounded down to the unit, a minimum up. A negative total is split as its amount is.

    Args:
        total: the amount, in smallest units of the currency.
        claims: who shares in it.
        unit: the smallest part that is handed out, in smallest units of the currency, > 0.

    Raises:
        ApportionError: no weight is positive while something is left to spread; minimums or locked parts exceed the total;
            a weight is negative; a minimum lies above its cap; a unit is not positive.

    Examples:
        >>> apportion(100000, [Claim("x", 1), Claim("y", 1), Claim("z", 1)]).parts
        (33334, 33333, 33333)
        >>> apportion(235450, [Claim("a", 2780), Claim("b", 2585)], unit=1000)
        Apportioned(parts=(122000, 113000), rest=0, residual=450)
    """
    if total < 0:
        found = apportion(-total, claims, unit)
        return Apportioned(tuple(-part for part in found.parts), -found.rest, -found.residual)
    if unit <= 0:
        raise ApportionError("the unit is not above 0")
    free = [claim for claim in claims if claim.locked is None]
    locked = sum(claim.locked for claim in claims if claim.locked is not None)
    if locked > total:
        raise ApportionError("the locked parts add up to {}, more than the total of {}", locked, total)
    whole, residual = divmod(total - locked, unit)
    bounds = _bounds(free, unit)
    floor = sum(bound.least for bound in bounds)
    if floor > whole:
        raise ApportionError("the minimums add up to {}, more than the {} there are", floor * unit, whole * unit)
    spread, rest = _spread(whole, bounds)
    given = iter(spread)
    parts = tuple(next(given) * unit if claim.locked is None else claim.locked for claim in claims)
    found = Apportioned(parts, rest * unit, residual)
    assert sum(found.parts) + found.rest + found.residual == total, (total, found)
    return found


@dataclass(frozen=True, slots=True)
class _Bound:
    """A free claim in whole units, its weight a whole number."""

    id: str
    weight: int
    least: int
    most: int | None


def _bounds(claims: Sequence[Claim], unit: int) -> list[_Bound]:
    scale = math.lcm(*(Fraction(claim.weight).denominator for claim in claims))
    found = []
    for claim in claims:
        least = math.ceil(Fraction(claim.least) / unit)
        most = None if claim.most is None else math.floor(Fraction(claim.most) / unit)
        if claim.weight < 0 or least < 0:
            raise ApportionError(f"the weight or the minimum of {claim.id} is negative")
        if most is not None and most < least:
            raise ApportionError(f"the minimum of {claim.id} lies above its cap, in whole units")
        found.append(_Bound(claim.id, int(claim.weight * scale), least, most))
    return found


def _spread(total: int, bounds: Sequence[_Bound]) -> tuple[list[int], int]:
    """Return whole parts of `total` and what the caps leave over."""
    if sum(bound.least for bound in bounds) < total and not any(bound.weight for bound in bounds):
        raise ApportionError("no weight is positive")
    level = _level(total, bounds)
    if level is None:  # every claim is at its cap
        parts = [bound.least if not bound.weight else bound.most or 0 for bound in bounds]
        return parts, total - sum(parts)
    over, under = level.numerator, level.denominator
    parts, remainders = [], []
    for i, bound in enumerate(bounds):
        part, remainder = divmod(bound.weight * over, under)
        if part < bound.least:
            part, remainder = bound.least, 0
        if bound.most is not None and part >= bound.most:
            part, remainder = bound.most, 0
        parts.append(part)
        if remainder:
            remainders.append((-remainder, bound.id, i))
    for _, _, i in sorted(remainders)[: total - sum(parts)]:
        parts[i] += 1
    return parts, 0


def _level(total: int, bounds: Sequence[_Bound]) -> Fraction | None:
    """Return the λ at which the claims, each held within its bounds, add up to the total; None where the caps are too low."""
    fixed = Fraction(sum(bound.least for bound in bounds))
    slope = 0
    last = Fraction(0)
    for at, change in sorted(_bends(bounds)):
        if slope and fixed + (at - last) * slope >= total:
            break
        fixed, last, slope = fixed + (at - last) * slope, at, slope + change
    if fixed >= total:
        return last
    return last + (total - fixed) / slope if slope else None


def _bends(bounds: Iterable[_Bound]) -> Iterator[tuple[Fraction, int]]:
    """Walk the levels at which a claim rises above its minimum, or reaches its cap; those at 0 come as one."""
    start = 0
    for bound in bounds:
        if not bound.weight:
            continue
        if bound.least:
            yield Fraction(bound.least, bound.weight), bound.weight
        else:
            start += bound.weight
        if bound.most is not None:
            yield Fraction(bound.most, bound.weight), -bound.weight
    yield Fraction(0), start
