"""Look a ledger through: does its chain hold, and does anything outside it prove that nothing was left out?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kam_rules.evidence import anchors
from kam_rules.evidence.chain import backwards, cut, look
from kam_rules.evidence.keys import holds
from kam_rules.evidence.ledger import rows
from kam_rules.model.errors import Finding, Where
from kam_rules.model.ledger import Anchor, Entry, Held
from kam_rules.model.roster import Roster
from kam_rules.pipeline.approvals import SIGNED, approvals


def held(path: Path, places: Sequence[str] = (), roster: Roster | None = None) -> Held:
    """Return a ledger looked through.

    Args:
        path: the ledger.
        places: where outside copies of its head are: files with a receipt, folders of runs, ``git:TAG``.
        roster: whose signatures count; without it none is looked at.

    Raises:
        UsageError: KR880 there is no ledger, KR881 a writer holds it, KR888 there is no receipt at a place.
        IntegrityError: KR883 it is of another format, KR884 it is damaged.
    """
    shown = str(path)
    found, broken = look(rows(path), shown)
    copies = tuple(anchors.read(place) for place in places)
    judged = [(copy, cut(found, copy, shown)) for copy in copies]
    false = tuple(fault for copy in copies for fault in _signed(copy, roster, found))
    missing = tuple(fault for _, fault in judged if fault is not None)
    proved = max((copy.head.entries for copy, fault in judged if fault is None), default=0)
    copies = tuple(sorted(copies, key=lambda copy: -copy.head.entries))
    remarks, count = tuple(backwards(found, shown)), None
    if roster is not None:
        _, faults = approvals(found, roster)
        remarks, count = (*remarks, *faults), sum(entry.kind in SIGNED for entry in found)
    whole = not broken and not missing and not false
    return Held(found, (*broken, *false), missing, remarks, copies, proved if whole else 0, count)


def _signed(copy: Anchor, roster: Roster | None, found: Sequence[Entry]) -> Iterator[Finding]:
    """Hold the signature of a receipt against the roster, on the later of its own day and that of the last entry it vouches for."""
    if roster is None or not (copy.signature or copy.by):
        return
    told, lines = anchors.statement(copy.head, copy.at, copy.by), roster.lines(copy.by)
    signed = [person for person in lines if holds(person.key, told, copy.signature)]
    last = found[copy.head.entries - 1].at if copy.head.entries <= len(found) else ""
    day = max(copy.at, last)[:10]
    if not lines:
        why = f"by '{copy.by}', who is not on the roster"
    elif not signed:
        why = f"by no key of '{copy.by}' on the roster"
    elif not any(person.start.isoformat() <= day <= person.end.isoformat() for person in signed):
        why = f"on {day}, and the key of '{copy.by}' signs from {' and '.join(f'{one.start} to {one.end}' for one in signed)}"
    else:
        return
    fix = "a receipt whose signature does not count proves nothing: find out where it comes from"
    yield Finding("KR889", f"{copy.source} is signed {why}", Where(roster.path), fix)
