"""What a check found: the parts of a policy that has no fault, the accounts' breaches of contract, or every fault."""

from __future__ import annotations

from collections.abc import Iterable

from kam_rules.formats._cells import for_people
from kam_rules.model.amounts import percent
from kam_rules.model.book import Book
from kam_rules.model.errors import Finding
from kam_rules.model.policy import Policy
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Checked
from kam_rules.pipeline.findings import data_findings, mapping_findings, rounding_findings
from kam_rules.pipeline.programme.mix import quarters
from kam_rules.pipeline.programme.spend import spending
from kam_rules.pipeline.weigh.alone import lasting
from kam_rules.pipeline.weigh.noisy import can_tell as can_tell_noise
from kam_rules.reports._faults import faults_table

LEVELS = ("error", "warning", "note")
MOST = 15
"""Edges that are shown to people; programs get all."""


def checked(found: Checked) -> Report:
    """Return what there is to say of a policy without faults."""
    policy = found.policy
    source = policy.sources[0].path
    blocks: list[Block] = [Facts("policy", "Policy", tuple(_policy(found))), _quarters(policy)]
    title = f"{source}: {_title(found)}"
    blocks += [block for level in LEVELS for block in _told(found, level)]
    blocks += _waived(found)
    findings: tuple[Finding, ...] = found.findings
    if found.book is not None and found.ready is not None:
        blocks += [
            Facts("data", "Data", tuple(_data(found.book))),
            faults_table("contract", "Values out of contract", found.book, found.ready.program),
        ]
        noted = (*mapping_findings(found.book), *rounding_findings(found.book))
        remarks = tuple(f"{f.code} {f.message} - {f.fix}" for f in noted)
        blocks += [Lines("remarks", "To look at", remarks)] if remarks else []
        blocks += [_edges(found), *_unasked(found)]
        broken = found.book.faults.height
        title += f"; {found.book.source.shown}: {broken or 'no'} value{'' if broken == 1 else 's'} out of contract"
        findings = (*findings, *data_findings(found.book, found.ready.program), *noted)
    minor = policy.program.minor
    return Report("check", title, tuple(blocks), minor=minor, findings=findings)


def grave(found: Checked, level: str) -> bool:
    """Tell whether a check found something of a level or above it; `never` is above all."""
    if level not in LEVELS:
        return False
    counted = LEVELS[: LEVELS.index(level) + 1]
    data = data_findings(found.book, found.ready.program) if found.book is not None and found.ready is not None else ()
    return any(f.level in counted for f in (*found.findings, *data))


def _title(found: Checked) -> str:
    counts = {level: sum(f.level == level for f in found.findings) for level in LEVELS}
    parts = [f"{count} {level}{'s' if count > 1 else ''}" for level, count in counts.items() if count]
    parts = parts if counts["error"] else ["no fault found", *parts]
    return ", ".join([*parts, *([f"{len(found.waived)} waived"] if found.waived else [])])


def _told(found: Checked, level: str) -> Iterable[Block]:
    """Return the findings of a level as people read them, and as rows for programs."""
    findings = [f for f in found.findings if f.level == level]
    if findings:
        lines = [line for f in findings for line in _lines(f, found)]
        yield Lines(f"{level}s", f"{level.capitalize()}s", tuple(lines))


def _lines(finding: Finding, found: Checked) -> Iterable[str]:
    place = f"{finding.where}: " if finding.where else ""
    subject = f" {finding.subject}:" if finding.subject else ""
    yield f"{place}{finding.code}{subject} {finding.message}"
    weight = found.weights.get((finding.code, finding.subject))
    if weight is not None:
        base = for_people(weight.base, Unit.MONEY, found.policy.program.minor)
        yield f"  in this book: {weight.accounts:,} account{'' if weight.accounts == 1 else 's'} with {base} of base"
    if finding.example:
        yield f"  for instance: {', '.join(f'{name} = {value}' for name, value in finding.example)}"
    yield from (f"  see {where}: {what}" for where, what in finding.related)
    if finding.fix:
        yield f"  fix: {finding.fix}"


def _waived(found: Checked) -> Iterable[Block]:
    lines = [f"{f.code}{f' {f.subject}' if f.subject else ''}: {w.reason} ({w.approved_by}, until {w.until})" for f, w in found.waived]
    if lines:
        yield Lines("waived", f"Waived, as of {found.on}", tuple(lines))


def _quarters(policy: Policy) -> Table:
    """The two-by-two of article 001, over each pair of axes."""
    columns = (
        Column("axes", "Two by two"),
        Column("quarter", "Quarter"),
        Column("weight", "Weight", Unit.RATIO),
        Column("criteria", "Criteria"),
    )
    rows: list[tuple[Cell, ...]] = []
    for pair in quarters(policy):
        for i, quarter in enumerate(pair):
            axes = " × ".join(axis for axis, _ in quarter.sides)
            rows.append((axes if i == 0 else "", quarter.name, quarter.weight, ", ".join(quarter.criteria) or "none"))
    return Table("quarters", "What criteria look at, by share of weight", columns, tuple(rows))


def _edges(found: Checked) -> Table:
    columns = (
        Column("list", "List"),
        Column("rule", "Rule"),
        Column("edge", "Edge"),
        Column("near", "Near it", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("flips", "Would flip", Unit.COUNT),
        Column("change", "Target at stake", Unit.MONEY),
        Column("jump", "Points", Unit.SCORE),
    )
    shown = found.edges[:MOST]
    rows = [(e.list_id, e.rule, e.text, e.near.accounts, e.near.base, e.flips.accounts, e.change, e.jump) for e in shown]
    note = (
        "Would flip: another tier or state, had the comparison come out the other way, all else equal. "
        "Edges of counts and ratings where one step is wider than that are left out."
    )
    if len(found.edges) > MOST:
        note = f"The {MOST} with the most at stake, of {len(found.edges)}. {note}"
    cut = [e for e in found.edges if e.asked < e.near.accounts]
    if cut:
        note += f" Of {len(cut)} edges only the first {cut[0].asked} accounts were asked what would flip."
    title = f"Accounts within {percent(found.within)} of an edge, or {percent(found.within)} of 100 points of a score"
    return Table("edges", title, columns, tuple(rows), note, "no account is that near")


def _unasked(found: Checked) -> Iterable[Block]:
    """Say which questions about the book the policy leaves without an answer."""
    program = found.policy.program
    lines = []
    if not program.seating.key_tiers:
        lines.append("which accounts are key by size or tenure alone: limits name no key tiers")
    else:
        absent = [what for what, criteria in (("size", spending(program)), ("tenure", lasting(program))) if not criteria]
        lines += [f"which accounts are key by {what} alone: no criterion measures it" for what in absent]
    if not can_tell_noise(program):
        lines.append("which accounts are noisy: there are no fields cost_to_serve and gross_margin")
    if lines:
        yield Lines("unasked", "Not asked of this book", tuple(lines))


def _policy(found: Checked) -> Iterable[tuple[str, str]]:
    policy = found.policy
    program = policy.program
    rules = sum(len(rules.rules) for rules in program.lists if rules.id != "tiers.met")
    yield "policy", f"{policy.id} {policy.fiscal_year}, in force from {policy.start} to {policy.end}"
    yield "fields", f"{len(program.fields)}, of which {sum(f.required for f in program.fields)} required"
    yield "criteria", f"{len(program.criteria)}, weights sum to 100%"
    yield "rules", f"{rules} in {sum(1 for rules in program.lists if rules.id != 'tiers.met')} lists"
    yield "assumptions", ", ".join(a.name for a in policy.assumptions) or "none"
    if policy.waivers and found.on is not None:
        valid = sum(waiver.until >= found.on for waiver in policy.waivers)
        yield "waivers", f"{valid} hold on {found.on}, {len(policy.waivers) - valid} ran out"


def _data(book: Book) -> Iterable[tuple[str, str]]:
    yield "file", f"{book.source.shown}, as of {book.source.as_of}"
    yield "rows", f"{book.rows:,}"
    yield "refused", f"{book.refused:,}"


def faulty(source: str, findings: tuple[Finding, ...]) -> Report:
    """Return every fault as a table, for programs."""
    columns = (
        Column("code", "Code"),
        Column("file", "File"),
        Column("line", "Line", Unit.COUNT),
        Column("column", "Column", Unit.COUNT),
        Column("message", "What is wrong"),
        Column("fix", "What to do"),
    )
    rows = [
        (
            f.code,
            f.where.path if f.where else source,
            f.where.line if f.where else None,
            f.where.column if f.where else None,
            f.message,
            f.fix,
        )
        for f in findings
    ]
    title = f"{source}: {len(rows)} {'fault' if len(rows) == 1 else 'faults'}"
    return Report("faults", title, (Table("faults", "Faults", columns, tuple(rows)),), findings=findings)
