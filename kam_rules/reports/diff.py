"""What one policy means otherwise than another, told to those who sign and to those who ask later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kam_rules.model.policy import Policy
from kam_rules.model.report import Block, Column, Facts, Lines, Report, Table, Unit
from kam_rules.pipeline.diff import Diff
from kam_rules.pipeline.diff.shown import Kind, Settled
from kam_rules.pipeline.diff.subjects import WORDS

MEANS = {
    Kind.WITNESS: "an account shows it",
    Kind.SAME: "means the same",
    Kind.WORDS: "reasons and sources",
    Kind.BOOK: "over all accounts",
    Kind.STATED: "part of what is signed",
    Kind.OPEN: "not settled",
}
READ = (
    "Material is all that can change what is decided, paid or promised: it wants every signature again.",
    "Not material are reasons, sources and labels, and what was proved to mean the same.",
    "Each policy decides with the assumptions of its first day, days counted to the newer one's first day, an account without rivals.",
)


def diff(found: Diff) -> Report:
    """Return every change, material ones first in the count, each with its account or its proof."""
    old, new = found.old, found.new
    count, material = len(found.changes), len(found.material)
    title = f"{new.id} {new.fiscal_year} against {old.id} {old.fiscal_year}: "
    title += f"{count} of its parts changed, {material} of them material" if count else "both mean the same"
    blocks: list[Block] = [Facts("policies", "Policies", (("old", _said(found.old)), ("new", _said(found.new)))), _table(found)]
    blocks.append(Lines("changes", "Each change", tuple(line for change in found.changes for line in _told(change)) or ("none",)))
    blocks.append(Lines("read", "How to read it", READ))
    return Report("diff", title, tuple(blocks), data=_data(found), minor=new.program.minor)


def _said(policy: Policy) -> str:
    source = policy.sources[0]
    return f"{source.path}, in force from {policy.start} to {policy.end}, sha256 {source.sha256}"


def _table(found: Diff) -> Table:
    columns = (
        Column("kind", "Settled by"), Column("material", "Material"), Column("count", "Changes", Unit.COUNT), Column("parts", "Parts"),
    )  # fmt: skip
    rows = []
    for kind in Kind:
        told = [change for change in found.changes if change.kind is kind]
        if told:
            rows.append((MEANS[kind], "yes" if told[0].material else "no", len(told), ", ".join(change.subject.name for change in told)))
    return Table("settled", "What changed", columns, tuple(rows), empty="nothing")


def _told(change: Settled) -> Iterator[str]:
    subject = change.subject
    where = f", {Path(subject.where.path).name}:{subject.where.line}" if subject.where else ""
    yield f"{subject.name}: {'material' if change.material else 'not material'}{where}"
    for one in subject.changes:
        if one.path.rpartition(".")[2] not in WORDS:
            key = f"{one.path}: " if one.path else ""
            yield f"  {key}{one.old or 'not there'} -> {one.new or 'gone'}"
    if subject.through:
        yield f"  its text is as it was; what it reads is not: {', '.join(subject.through)}"
    yield f"  {MEANS[change.kind]}: {change.why}"
    if change.account:
        yield f"  account: {', '.join(f'{name} {value}' for name, value in change.account)}"
        yield f"    before: {change.answers[0]}; decided {change.outcomes[0]}"
        yield f"    now: {change.answers[1]}; decided {change.outcomes[1]}"


def _data(found: Diff) -> dict[str, object]:
    """Return all of it for programs."""
    return {
        "report": "diff",
        "old": {"policy": found.old.id, "fiscal_year": found.old.fiscal_year, "files": [s.path for s in found.old.chain]},
        "new": {"policy": found.new.id, "fiscal_year": found.new.fiscal_year, "files": [s.path for s in found.new.chain]},
        "changes": [
            {
                "part": change.subject.name,
                "material": change.material,
                "settled_by": str(change.kind),
                "why": change.why,
                "through": list(change.subject.through),
                "values": [{"key": one.path, "old": one.old, "new": one.new} for one in change.subject.changes],
                "account": dict(change.account),
                "answers": list(change.answers) if change.account else [],
                "outcomes": list(change.outcomes) if change.account else [],
            }
            for change in found.changes
        ],
    }
