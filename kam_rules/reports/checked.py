"""What a check found: the parts of a policy that has no fault, the accounts' breaches of contract, or every fault."""

from __future__ import annotations

from collections.abc import Iterable

from kam_rules.model.book import Book
from kam_rules.model.errors import Finding
from kam_rules.model.program import Program
from kam_rules.model.report import Block, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Checked
from kam_rules.pipeline.findings import data_findings, fault_reason, mapping_findings, rounding_findings


def checked(found: Checked) -> Report:
    """Return what there is to say of a policy without faults."""
    policy = found.policy
    source = policy.sources[0].path
    blocks: list[Block] = [Facts("policy", "Policy", tuple(_policy(found)))]
    title = f"{source}: no fault found"
    findings: tuple[Finding, ...] = ()
    if found.book is not None and found.ready is not None:
        blocks += [Facts("data", "Data", tuple(_data(found.book))), _breaches(found.book, found.ready.program)]
        noted = (*mapping_findings(found.book), *rounding_findings(found.book))
        remarks = tuple(f"{f.code} {f.message} - {f.fix}" for f in noted)
        blocks += [Lines("remarks", "To look at", remarks)] if remarks else []
        broken = found.book.faults.height
        title = f"{source}: no fault found; {found.book.source.shown}: {broken or 'no'} value{'' if broken == 1 else 's'} out of contract"
        findings = (*data_findings(found.book, found.ready.program), *noted)
    return Report("check", title, tuple(blocks), findings=findings)


def _policy(found: Checked) -> Iterable[tuple[str, str]]:
    policy = found.policy
    program = policy.program
    rules = sum(len(rules.rules) for rules in program.lists if rules.id != "tiers.met")
    yield "policy", f"{policy.id} {policy.fiscal_year}, in force from {policy.start} to {policy.end}"
    yield "fields", f"{len(program.fields)}, of which {sum(f.required for f in program.fields)} required"
    yield "criteria", f"{len(program.criteria)}, weights sum to 100%"
    yield "rules", f"{rules} in {sum(1 for rules in program.lists if rules.id != 'tiers.met')} lists"
    yield "assumptions", ", ".join(a.name for a in policy.assumptions) or "none"


def _data(book: Book) -> Iterable[tuple[str, str]]:
    yield "file", f"{book.source.shown}, as of {book.source.as_of}"
    yield "rows", f"{book.rows:,}"
    yield "refused", f"{book.refused:,}"


def _breaches(book: Book, program: Program) -> Table:
    columns = (
        Column("row", "Row", Unit.COUNT),
        Column("account_id", "Account"),
        Column("column", "Column"),
        Column("raw", "Read"),
        Column("effect", "Effect"),
        Column("code", "Code"),
        Column("what", "What is wrong"),
        Column("fix", "What to do"),
    )
    rows = []
    for fault in book.faults.sort("row", maintain_order=True).iter_rows(named=True):
        what, fix = fault_reason(book, program, fault["code"], fault["field"], fault["raw"])
        effect = "refused" if fault["refused"] else "missing"
        rows.append((fault["row"], fault["account_id"], fault["column"], fault["raw"], effect, fault["code"], what, fix))
    return Table("contract", "Values out of contract", columns, tuple(rows))


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
    return Report("faults", f"{source}: {len(rows)} faults", (Table("faults", "Faults", columns, tuple(rows)),), findings=findings)
