"""Data held against the contract of a policy, as a list for the people who mend them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby

import polars as pl

from kam_rules.model.errors import Finding
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.aside import brought
from kam_rules.pipeline.contract import Contract
from kam_rules.pipeline.findings import fault_reason
from kam_rules.pipeline.ratings import apart
from kam_rules.pipeline.worklist import Answer
from kam_rules.reports._faults import faults_table
from kam_rules.reports._rows import controlled, rows_table

ROWS = 5
"""Rows that a group of failures names."""


def contract(found: Contract, most: int | None = None) -> Report:
    """Return what there is to say of the data.

    Args:
        found: data held against a contract.
        most: rows of each list that are shown, for people; None shows all.
    """
    run, minor = found.run, found.run.ready.program.minor
    broken = run.book.faults.height
    failures = f"{broken or 'no'} failure{'' if broken == 1 else 's'}"
    title = f"{run.book.source.shown} by {run.name}: {failures}, {run.book.refused:,} rows refused"
    remarks = tuple(line for finding in (*found.ledger, *found.together) for line in _lines(finding))
    blocks: list[Block] = [
        Facts("data", "Data", tuple(_data(found))),
        rows_table(run),
        _groups(run, minor),
        *((Lines("remarks", "To look at", remarks),) if remarks else ()),
        _cut(faults_table("failures", "Every failure", run.book, run.ready.program), most),
        _cut(_pairs(found, minor), most),
        *_apart(run, most),
        _owners(found.answers, minor),
        _cut(_answers(found.answers, minor), most),
    ]
    findings = (*found.ledger, *found.failures, *found.together)
    return Report("contract", title, tuple(blocks), minor=minor, findings=findings, status=run.standing.status)


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.code} {finding.message}"
    if finding.fix:
        yield f"  {finding.fix}"


def _data(found: Contract) -> Iterator[tuple[str, str]]:
    source = found.run.book.source
    yield "file", source.shown
    yield "days", f"as of {source.as_of}" + (f", extracted on {source.known_at}" if source.known_at else "")
    if source.extract:
        yield "extract", source.extract
    yield "control totals", "they do not agree: see below" if found.ledger else controlled(found.run)
    for name, table in source.tables.items():
        yield name, f"{table.shown}, {found.run.book.tables[name].height:,} rows"


def _groups(run: Run, minor: int) -> Table:
    """Return the failures by kind, with the base of the rows that they stand in, the largest first."""
    faults, kept = run.book.faults.frame(), run.book.table.lazy().select("row", base=run.ready.program.base).collect()
    bases = pl.concat([kept, run.book.rejected.frame().select("row", "base")])
    joined = faults.join(bases.unique("row"), on="row", how="left", maintain_order="left")
    rows = []
    for _, group in joined.group_by("code", "field", "column", "refused", maintain_order=True):
        first = group.row(0, named=True)
        what, fix = fault_reason(run.book, run.ready.program, first["code"], first["field"], first["raw"])
        effect = "refused" if first["refused"] else "read as missing"
        stands = ", ".join(map(str, group["row"].head(ROWS).to_list())) + (" …" if group.height > ROWS else "")
        at_stake = Fraction(brought(group.unique("row")["base"]), 10**minor)
        rows.append((first["code"], first["column"], group.height, at_stake, effect, what, stands, fix))
    columns = (
        Column("code", "Code"),
        Column("column", "Column"),
        Column("failures", "Failures", Unit.COUNT),
        Column("base", "Base at stake", Unit.MONEY),
        Column("effect", "Effect"),
        Column("what", "What is wrong"),
        Column("rows", "Rows"),
        Column("fix", "What to do"),
    )
    ordered = sorted(rows, key=lambda row: (row[4] != "refused", -row[3], row[0], row[1]))
    return Table("groups", "Failures by kind", columns, tuple(ordered), empty="every value keeps the contract")


def _pairs(found: Contract, minor: int) -> Table:
    columns = (
        Column("row", "Row", Unit.COUNT),
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("other_row", "and row", Unit.COUNT),
        Column("other_id", "Account"),
        Column("other_name", "Name"),
        Column("why", "Why"),
        Column("base", "Base of both", Unit.MONEY),
    )
    rows = tuple(
        (
            pair.row,
            pair.account_id,
            pair.name,
            pair.other_row,
            pair.other_id,
            pair.other_name,
            f"same domain: {pair.domain}" if pair.domain else f"names {pair.likeness}% alike",
            Fraction(pair.base + pair.other_base, 10**minor),
        )
        for pair in found.pairs
    )
    return Table("alike", "Likely one customer", columns, rows, "Nothing was merged." if rows else "")


def _apart(run: Run, most: int | None) -> Iterator[Table]:
    if run.book.source.rated is None:
        return
    columns = (
        Column("account_id", "Account"),
        Column("field", "Field"),
        Column("raters", "Raters", Unit.COUNT),
        Column("lowest", "Lowest", Unit.COUNT),
        Column("highest", "Highest", Unit.COUNT),
        Column("spread", "Apart", Unit.COUNT),
        Column("each", "Who says what"),
    )
    found = apart(run.book.source, run.book.tables)
    rows = tuple((one.account_id, one.field, one.raters, one.lowest, one.highest, one.spread, one.each) for one in found)
    yield _cut(Table("apart", "Raters who disagree", columns, rows, empty="no raters are as far apart as the data file names"), most)


def _owners(answers: Iterable[Answer], minor: int) -> Table:
    """Return how much waits for each owner; an account with several gaps counts its base once."""
    rows = list[tuple[Cell, ...]]()
    for owner, items in groupby(answers, key=lambda answer: answer.owner):
        held = list(items)
        bases = {answer.row: answer.base for answer in held}
        rows.append((owner or None, len(bases), len(held), Fraction(sum(bases.values()), 10**minor)))
    columns = (
        Column("owner", "Owner"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("answers", "Answers missing", Unit.COUNT),
        Column("base", "Base at stake", Unit.MONEY),
    )
    return Table("owners", "Who is to be asked", columns, tuple(rows), empty="every question is answered")


def _answers(answers: tuple[Answer, ...], minor: int) -> Table:
    columns = (
        Column("owner", "Owner"),
        Column("account_id", "Account"),
        Column("account_name", "Name"),
        Column("base", "Base", Unit.MONEY),
        Column("field", "Missing"),
        Column("read", "Read"),
        Column("uses", "What waits for it"),
        Column("row", "Row", Unit.COUNT),
    )
    rows = tuple((a.owner, a.account_id, a.account_name, Fraction(a.base, 10**minor), a.field, a.read, a.uses, a.row) for a in answers)
    return Table("answers", "Answers to ask for", columns, rows, empty="every question is answered")


def _cut(table: Table, most: int | None) -> Table:
    """Return a list as far as people read it, with how much more there is."""
    if most is None or len(table.rows) <= most:
        return table
    note = f"{len(table.rows) - most:,} more: --format csv or html lists all. {table.note}".rstrip()
    return Table(table.key, table.title, table.columns, table.rows[:most], note, table.empty)
