"""Look a ledger through: does its chain hold, and does anything outside it prove that nothing was left out?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kam_rules.evidence import anchors
from kam_rules.evidence.chain import backwards, cut, look
from kam_rules.evidence.keys import holds
from kam_rules.evidence.ledger import rows
from kam_rules.model.errors import Finding, Where
from kam_rules.model.ledger import Anchor, Held
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
    false = tuple(fault for copy in copies for fault in _signed(copy, roster))
    missing = tuple(fault for _, fault in judged if fault is not None)
    proved = max((copy.head.entries for copy, fault in judged if fault is None), default=0)
    remarks, count = tuple(backwards(found, shown)), None
    if roster is not None:
        _, faults = approvals(found, roster)
        remarks, count = (*remarks, *faults), sum(entry.kind in SIGNED for entry in found)
    whole = not broken and not missing and not false
    return Held(found, (*broken, *false), missing, remarks, copies, proved if whole else 0, count)


def _signed(copy: Anchor, roster: Roster | None) -> Iterator[Finding]:
    """Hold the signature of a receipt against the roster."""
    if roster is None or not copy.signature:
        return
    told = anchors.statement(copy.head, copy.at, copy.by)
    lines = roster.lines(copy.by)
    if not any(holds(person.key, told, copy.signature) for person in lines):
        who = f"by no key of '{copy.by}' on the roster" if lines else f"by '{copy.by}', who is not on the roster"
        fix = "a receipt with a false signature proves nothing: find out where it comes from"
        yield Finding("KR889", f"{copy.source} is signed {who}", Where(roster.path), fix)
