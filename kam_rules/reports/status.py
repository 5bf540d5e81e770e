"""Whether a policy is in force: who has signed this exact content, who has not, and what else wants approval."""

from __future__ import annotations

from collections.abc import Iterable

from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table
from kam_rules.pipeline.status import Status


def status(found: Status) -> Report:
    """Return what `kam-rules status` tells."""
    policy = found.policy
    blocks: list[Block] = [Facts("standing", "Standing", tuple(_standing(found))), _functions(found)]
    if found.waivers:
        blocks.append(_waivers(found))
    if found.remarks:
        blocks.append(Lines("remarks", "To look at", tuple(f"{f.code} {f.message} - {f.fix}" for f in found.remarks)))
    title = f"{policy.id} {policy.fiscal_year}: {found.standing.status}"
    return Report("status", title, tuple(blocks), findings=found.remarks)


def _standing(found: Status) -> Iterable[tuple[str, str]]:
    standing, policy = found.standing, found.policy
    yield "status", standing.status
    if standing.why:
        yield "because", standing.why
    yield "content", found.thing.of
    for file in found.thing.about["files"]:
        yield "file", f"{file['path']} (sha256 {file['sha256']})"
    yield "takes effect", f"from {policy.start} to {policy.end}"
    if standing.head is not None:
        yield "ledger", f"head {standing.head.sha256}, entry {standing.head.entries}"
    yield "roster", f"sha256 {standing.roster}" if standing.roster else "none: nobody's signature counts"


def _functions(found: Status) -> Table:
    columns = (
        Column("function", "Function"),
        Column("signers", "May sign"),
        Column("by", "Signed by"),
        Column("on", "On"),
        Column("remark", "Remark"),
    )
    signed = {one.function: one for one in found.standing.signed}
    rows: list[tuple[Cell, ...]] = []
    for function in found.policy.year.functions:
        one = signed.get(function.name)
        may = ", ".join(function.signers) or "nobody: write signers:"
        remark = "after it took effect" if one and one.late else "" if one else "not yet"
        rows.append((function.name, may, one.by if one else None, str(one.on) if one else None, remark))
    return Table("functions", "Functions", columns, tuple(rows), empty="stewardship names none, so nobody can sign")


def _waivers(found: Status) -> Table:
    columns = (
        Column("waiver", "Waiver"),
        Column("author", "Asked for by"),
        Column("answers", "Answers for it"),
        Column("until", "Until"),
        Column("by", "Approved by"),
    )
    rows = tuple(
        (thing.about["title"], thing.author, thing.only, thing.about["until"], ", ".join(one.person.id for one in by) or None)
        for thing, by in found.waivers
    )
    return Table("waivers", "Waivers: each holds once it is approved", columns, rows)
