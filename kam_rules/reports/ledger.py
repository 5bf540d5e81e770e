"""What a ledger holds, and whether it can be believed: integrity and completeness apart."""

from __future__ import annotations

from collections.abc import Iterable

from kam_rules.model.ledger import Anchor, Entry, Held
from kam_rules.model.report import Block, Column, Facts, Lines, Report, Table, Unit

HOW = "kam-rules ledger anchor writes a receipt: keep it where whoever writes the ledger cannot"


def verified(found: Held, shown: str) -> Report:
    """Return what `kam-rules ledger verify` tells."""
    counts = len(found.entries)
    verdict = "broken" if found.broken else "cut or rewritten" if found.cut else "the chain holds"
    blocks: list[Block] = [Facts("verdict", "Verdict", tuple(_verdict(found)))]
    told = [f"{f.code} {f.message} - {f.fix}" for f in (*found.broken, *found.cut)]
    if told:
        blocks.append(Lines("broken", "What is broken", tuple(told)))
    if found.remarks:
        blocks.append(Lines("remarks", "To look at", tuple(f"{f.code} {f.message} - {f.fix}" for f in found.remarks)))
    blocks.append(Facts("head", "Head", tuple(_head(found))))
    findings = (*found.broken, *found.cut, *found.remarks)
    return Report("ledger", f"{shown}: {counts:,} entries, {verdict}", tuple(blocks), findings=findings)


def _verdict(found: Held) -> Iterable[tuple[str, str]]:
    yield "integrity", "broken: see below" if found.broken else "every entry follows from the one before it"
    yield "completeness", _completeness(found)
    yield "signatures", _signatures(found)


def _completeness(found: Held) -> str:
    if found.cut:
        return "disproved: see below"
    if not found.anchored:
        return f"not proved: no outside copy of a head {'holds' if found.anchors else 'was given'}; {HOW}"
    rest = len(found.entries) - found.anchored
    proved = f"proved up to entry {found.anchored} by {' and '.join(_copy(copy, found) for copy in found.anchors)}"
    return f"{proved}; not proved for the {rest} after it" if rest else proved


def _copy(copy: Anchor, found: Held) -> str:
    """Name an outside copy, how far it reaches where another reaches farther, and whether it is signed."""
    far = "" if copy.head.entries == found.anchored else f" (up to entry {copy.head.entries})"
    return f"{copy.source}{far}{f', signed by {copy.by}' if copy.signature else ''}"


def _signatures(found: Held) -> str:
    if found.signatures is None:
        return "not looked at: no roster was given"
    signed = "receipts with a signature, too" if any(copy.signature for copy in found.anchors) else "no receipt was signed"
    false = sum(remark.code == "KR889" for remark in found.remarks)
    return f"{found.signatures - false} of {found.signatures} approvals count by this roster; {signed}"


def _head(found: Held) -> Iterable[tuple[str, str]]:
    if found.entries:
        yield "ledger", found.entries[0].sha256
        yield "entries", str(len(found.entries))
        yield "head", found.entries[-1].sha256


def listed(entries: tuple[Entry, ...], shown: str) -> Report:
    """Return the entries of a ledger, one a line."""
    columns = (
        Column("entry", "Entry", Unit.COUNT),
        Column("at", "Written"),
        Column("kind", "Kind"),
        Column("about", "About"),
        Column("sha256", "SHA-256"),
    )
    rows = tuple((entry.seq, entry.at, entry.kind, about(entry), entry.sha256[:12]) for entry in entries)
    data = [{"seq": e.seq, "previous": e.previous, "at": e.at, "kind": e.kind, "body": dict(e.body), "sha256": e.sha256} for e in entries]
    return Report("ledger", f"{shown}: {len(entries):,} entries", (Table("entries", "Entries", columns, rows),), data)


def about(entry: Entry) -> str:
    """Say in one line what an entry is about."""
    body = entry.body
    match entry.kind:
        case "opened":
            return "the ledger was opened"
        case "run":
            return f"{body['policy']} {body['fiscal_year']} decided as of {body['as_of']}, {body['status']}: run {body['run_sha256'][:12]}"
        case "approval":
            return f"{body['by']} approves the {body['approves']} {body['about'].get('title', '')}: {body['of'][:12]}"
        case "override":
            what = f"{body['field']} becomes {body['to']}" if body["field"] else body["verdict"]
            return f"{body['account']}: {what}, in run {body['run_sha256'][:12]}"
        case "decision":
            return f"{body['by']} goes on after an escalation ({body['how']}): run {body['run_sha256'][:12]}"
        case _:
            return f"{body['by']} publishes the quotas of {body['about']['title']}: run {body['about']['run_sha256'][:12]}"
