"""Hold the rows of a ledger against each other: every break of the chain, and what kind of meddling it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kam_rules.evidence.ledger import NOTHING, Row, entry_of, once
from kam_rules.model.errors import Finding, IntegrityError, Where
from kam_rules.model.ledger import Anchor, Entry

FIX = "take the ledger from a copy, and find out who could write to it"


def entries(rows: Sequence[Row], shown: str) -> tuple[Entry, ...]:
    """Return the entries of a chain that holds; whoever reads a ledger to act on it reads it so.

    Raises:
        IntegrityError: KR885 every break of the chain.
    """
    found, broken = look(rows, shown)
    if broken:
        raise IntegrityError(broken)
    return found


def look(rows: Sequence[Row], shown: str) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    """Return the entries that can be read, and every break of the chain."""
    read: list[tuple[int, Entry]] = []
    faults: list[str] = []
    for number, key, digest, text in rows:
        try:
            entry = entry_of(text)
        except ValueError:
            faults.append(f"entry {number} was changed: it is no entry any more")
            continue
        if entry.sha256 != digest:
            faults.append(f"entry {number} was changed: its hash is not the one that was written with it")
        elif once(entry.kind, entry.body) != key:
            faults.append(f"entry {number} was changed: its key is not the one that was written with it")
        read.append((number, entry))
    faults += _gaps([row[0] for row in rows])
    faults += _links(read)
    found = tuple(Finding("KR885", fault, Where(shown), FIX) for fault in faults)
    return tuple(entry for _, entry in read), found


def _gaps(numbers: Sequence[int]) -> Iterator[str]:
    if not numbers:
        yield "every entry was dropped: the ledger is empty"
    for before, after in pairwise([0, *numbers]):
        missing = range(before + 1, after)
        if missing:
            which = f"entry {missing[0]}" if len(missing) == 1 else f"entries {missing[0]} to {missing[-1]}"
            yield f"{which} dropped: the numbers jump from {before} to {after}"


def _links(read: Sequence[tuple[int, Entry]]) -> Iterator[str]:
    """Follow the hashes from entry to entry."""
    by_hash = {entry.sha256: number for number, entry in read}
    before: tuple[int, str] = (0, NOTHING)
    for number, entry in read:
        if entry.seq != number:
            yield f"entry {number} was moved: it says that it is number {entry.seq}"
        if entry.previous != before[1] and number == before[0] + 1:
            yield _unlinked(number, entry.previous, before[0], by_hash)
        before = (number, entry.sha256)


def _unlinked(number: int, previous: str, before: int, by_hash: dict[str, int]) -> str:
    origin = 0 if previous == NOTHING else by_hash.get(previous)
    if origin is None:
        return f"entry {before} is not the one after which entry {number} was written: it was changed, or another took its place"
    if origin < before:
        return f"entry {number} was written straight after entry {origin}: what stands between was inserted"
    return f"entry {number} was written after entry {origin}: they were re-ordered"


def cut(found: Sequence[Entry], anchor: Anchor, shown: str) -> Finding | None:
    """Return what an outside copy of a head shows to be missing or rewritten; None where it fits."""
    head, where = anchor.head, Where(shown)
    if found and found[0].sha256 != head.ledger:
        message = f"{anchor.source} is the head of another ledger, or the first entry was rewritten"
        return Finding("KR887", message, where, "name the anchor of this ledger, or take the ledger from a copy")
    if len(found) < head.entries:
        message = f"cut off: {anchor.source} vouches for {head.entries} entries, the ledger has {len(found)}"
        return Finding("KR887", message, where, FIX)
    if found[head.entries - 1].sha256 != head.sha256:
        message = f"rewritten: entry {head.entries} is not the one that {anchor.source} vouches for"
        return Finding("KR887", message, where, FIX)
    return None


def backwards(found: Sequence[Entry], shown: str) -> Iterator[Finding]:
    """Tell each entry whose clock stood before that of an entry above it; the order is the chain's, not the clock's."""
    latest = ""
    for entry in found:
        if entry.at < latest:
            message = f"entry {entry.seq} is dated {entry.at}, before one above it ({latest}): a clock went backwards"
            fix = "set the clock of the machine right; days count by the later of the two"
            yield Finding("KR886", message, Where(shown), fix, "warning")
        latest = max(latest, entry.at)
