"""Seat the eligible accounts within capacity and share limit: one exact function over all accounts at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from kam_rules.model.program import NOT_QUALIFIED, Seating, Seats
from kam_rules.model.tree import Value

SEATED, OPEN, CAPACITY, SHARE, OUT, UNDECIDED = "seated", "open", "capacity", "share_limit", "not_qualified", "undecided"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One account before seating: its eligible tier (None: undecided), its score, and the tiers whose condition it meets.

    `met` and `unknown` have bit i for tier i from the top.
    """

    account_id: str
    eligible: str | None
    score: Fraction | None
    met: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an account came to sit, and why: seated in a tier with capacity, or open where the tier takes any number.

    `reason` is capacity or share_limit where it lost a seat in `lost`; `rank` is its place among those who asked for
    its tier.
    """

    tier: str | None
    reason: str
    lost: str | None = None
    rank: int | None = None


@dataclass
class _Room:
    """One account's way down the tiers."""

    candidate: Candidate
    lost: str | None = None
    reason: str = ""
    tier: str | None = None
    rank: int | None = None
    keys: list[tuple[bool, Fraction]] = field(default_factory=list)


def seat(
    candidates: Sequence[Candidate],
    seating: Seating,
    value: Callable[[str, str], Value],
    if_unknown: str = "hold",
) -> dict[str, Seat]:
    """Seat every candidate.

    From the top tier, those eligible rank by score, then by the tier's tie-breaks (missing last), then by id; the
    unseated compete for the next tier whose condition they meet. The share limit counts the accounts decided, rounded
    down, and is cut from the lowest key tier up. In a first run there are no incumbents.

    Args:
        candidates: the accounts, ids unique.
        seating: capacities, tie-breaks, share limit.
        value: the value of a name for an account, for tie-breaks.
        if_unknown: hold leaves an unseated account undecided where the next condition is unknown; flag passes over it.

    Returns:
        A seat for every account id.
    """
    rooms = {c.account_id: _Room(c, tier=c.eligible) for c in candidates}
    order = [seats.tier for seats in seating.tiers]
    caps = _capacities(seating, sum(c.eligible is not None for c in candidates), rooms, value, if_unknown)
    for index, seats in enumerate(seating.tiers):
        asking = _ranked([room for room in rooms.values() if room.tier == seats.tier], seats, value)
        for rank, room in enumerate(asking, start=1):
            room.rank = rank
        cap, reason = caps[seats.tier]
        for room in asking if cap is None else asking[:cap]:
            room.reason = room.reason or (SEATED if cap is not None else OPEN)
        for room in [] if cap is None else asking[cap:]:
            _step_down(room, index, order, reason, if_unknown)
    return {id_: _result(room) for id_, room in rooms.items()}


def _result(room: _Room) -> Seat:
    if room.tier is None:
        return Seat(None, UNDECIDED, room.lost)
    if room.tier == NOT_QUALIFIED:
        return Seat(NOT_QUALIFIED, OUT)
    return Seat(room.tier, room.reason, room.lost, room.rank)


def _step_down(room: _Room, index: int, order: list[str], reason: str, if_unknown: str) -> None:
    """Send an account to the next tier whose condition it meets; an unknown one on the way holds it."""
    room.lost, room.reason = room.lost or order[index], reason
    for i in range(index + 1, len(order)):
        if room.candidate.unknown >> i & 1 and if_unknown == "hold":
            break
        if room.candidate.met >> i & 1:
            room.tier = order[i]
            return
    room.tier, room.rank = None, None


def _ranked(rooms: list[_Room], seats: Seats, value: Callable[[str, str], Value]) -> list[_Room]:
    """Rank by score, then by tie-breaks among equals only, then by id."""
    rooms.sort(key=lambda room: (_high(room.candidate.score), room.candidate.account_id))
    if seats.tie_break:
        shared = Counter(room.candidate.score for room in rooms)
        for room in rooms:
            if shared[room.candidate.score] > 1:
                room.keys = [_key(value(room.candidate.account_id, name), down=down) for name, down in seats.tie_break]
        rooms.sort(key=lambda room: (_high(room.candidate.score), room.keys, room.candidate.account_id))
    return rooms


def _high(score: Fraction | None) -> tuple[bool, Fraction]:
    return (score is None, -(score or Fraction(0)))


def _key(value: Value, *, down: bool) -> tuple[bool, Fraction]:
    if value is None or isinstance(value, str):
        return (True, Fraction(0))
    number = value if isinstance(value, Fraction) else Fraction(value) if isinstance(value, bool) else Fraction(value.toordinal())
    return (False, -number if down else number)


def _capacities(
    seating: Seating,
    decided: int,
    rooms: Mapping[str, _Room],
    value: Callable[[str, str], Value],
    if_unknown: str,
) -> dict[str, tuple[int | None, str]]:
    """Return each tier's capacity after the share limit has been cut from the lowest key tier up, and what bounds it."""
    caps: dict[str, tuple[int | None, str]] = {s.tier: (s.capacity, CAPACITY) for s in seating.tiers}
    if seating.at_most is None:
        return caps
    free = int(seating.at_most * decided)
    trial = Seating(seating.tiers)
    seats = seat([room.candidate for room in rooms.values()], trial, value, if_unknown)
    taken = {tier: sum(s.tier == tier for s in seats.values()) for tier in seating.key_tiers}
    over = sum(taken.values()) - free
    for tier in reversed(seating.key_tiers):
        if over > 0:
            cut = min(over, taken[tier])
            caps[tier] = (taken[tier] - cut, SHARE)
            over -= cut
    return caps
