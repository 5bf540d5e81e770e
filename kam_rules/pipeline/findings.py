"""What a run found that somebody should look at: no fault stops here, and none is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from kam_rules.feel.printer import value as said
from kam_rules.model.book import Book
from kam_rules.model.errors import Finding
from kam_rules.model.names import nearest
from kam_rules.model.program import Program
from kam_rules.model.run import Run
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.aside import REASONS
from kam_rules.pipeline.overridden import findings as overridden_findings
from kam_rules.pipeline.past import past_findings
from kam_rules.pipeline.standing import late_findings
from kam_rules.pipeline.tabulate import decimal, marked
from kam_rules.pipeline.tally import count
from kam_rules.pipeline.together import told_together
from kam_rules.pipeline.watch import watch_findings
from kam_rules.sources._contract import reason

SHOWN = 5
BECAUSE = ("KR407", "KR448", "KR449")
"""Codes beside which stands a reason in the place of what was read."""
ROW_REASONS = {
    "KR407": ("the row does not fit the header", "quote cells that hold a comma"),
    "KR411": ("the row has no account id", "fill it in"),
    "KR412": ("this id stands in several rows with different contents", "keep the right one"),
    "KR445": ("parents run in a circle, so the account has no ultimate parent", "leave the column blank for the topmost one"),
    "KR448": ("a family is one account, and this one cannot be decided", "mend the row, or its place among the parents"),
    "KR449": ("no sum, since it is missing below", "fill it in, or take the field out of roll_up"),
    "KR417": ("the amounts are in a currency without a plan rate", "add it to plan_rates in the data file, or leave the account out"),
}


def data_findings(book: Book, program: Program) -> tuple[Finding, ...]:
    """Return one finding for each kind of fault in each column, with the rows it stands in."""
    found = []
    for group in _groups(book).iter_rows(named=True):
        sentence, fix = fault_reason(book, program, group["code"], group["field"], group["raw"][0])
        rows = ", ".join(str(row) for row in group["row"])
        more = f" and {group['count'] - SHOWN:,} more" if group["count"] > SHOWN else ""
        what = f"row{'s' if group['count'] > 1 else ''} {rows}{more}"
        column = f", column '{group['column']}'" if group["column"] else ""
        raw = f", '{group['raw'][0]}'" if group["raw"][0] and group["code"] not in BECAUSE else ""
        effect = "refused" if group["refused"] else "read as missing"
        message = f"{book.source.shown} {what}{column}{raw}: {sentence}; {effect}"
        found.append(Finding(group["code"], message, None, fix, "error" if group["refused"] else "warning"))
    return tuple(found)


def value_findings(book: Book, program: Program) -> tuple[Finding, ...]:
    """Return one finding for each fault of values that were given by hand; the field is what their reader wrote."""
    found = []
    for group in _groups(book).iter_rows(named=True):
        sentence, fix = fault_reason(book, program, group["code"], group["field"], group["raw"][0])
        told = f"{group['field']}={group['raw'][0]}" if group["field"] else "these values"
        message = f"{told}: {sentence}; {'refused' if group['refused'] else 'read as missing'}"
        found.append(Finding(group["code"], message, None, fix, "error" if group["refused"] else "warning"))
    return tuple(found)


def _groups(book: Book) -> pl.DataFrame:
    """Group the faults by kind, in the order of their first rows."""
    kinds = book.faults.lazy().group_by("refused", "field", "column", "code")
    first = (
        pl.len().alias("count"),
        pl.col("row").bottom_k(SHOWN).sort(),
        pl.col("raw").sort_by("row").head(1),
        pl.col("row").min().alias("at"),
    )
    return kinds.agg(first).sort("at", "field", "code").collect()


def fault_reason(book: Book, program: Program, code: str, name: str, raw: str) -> tuple[str, str]:
    """Return the sentence and the fix for one fault of a row or a cell."""
    if code in ROW_REASONS:
        sentence, fix = ROW_REASONS[code]
        return (f"{sentence} ({raw})" if code in BECAUSE else sentence), fix
    contract = {f.name: f for f in program.fields}
    column = book.source.columns.get(name)
    return reason(code, raw, contract.get(name, Field(name, Type.TEXT)), column.unit if column else "", column.written if column else "")


def told_faults(run: Run, faults: pl.DataFrame) -> pl.DataFrame:
    """Return faults with what is wrong and what to do, for the person who mends the data."""
    told = [
        fault_reason(run.book, run.ready.program, row["code"], row["field"], row["raw"])
        for row in faults.select("code", "field", "raw").iter_rows(named=True)
    ]
    texts = pl.DataFrame(told, schema={"what": pl.String, "fix": pl.String}, orient="row")
    return marked(run, pl.concat([faults, texts], how="horizontal"))


def told_aside(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows that were set aside with the reason of each, for the person who delivers the data."""
    reasons = {why.value: text for why, text in REASONS.items()}
    what, base = pl.col("why").replace_strict(reasons, return_dtype=pl.String), decimal("base", run.ready.program.minor)
    total = decimal("total", run.ready.program.minor)
    told = rows.select("row", "account_id", base.alias("base_revenue"), what.alias("what"), "of", "text", total.alias("total"))
    return marked(run, told)


def told_refused(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows that were refused with their base; `faults.csv` says what is at fault in each, and what to do."""
    return marked(run, rows.select("row", "account_id", decimal("base", run.ready.program.minor).alias("base_revenue"), "codes"))


def serious(run: Run) -> tuple[Finding, ...]:
    """Return what makes a run end with exit code 1: refused rows, nothing decided at all, or a team without quota by a fault."""
    found = (*(f for f in data_findings(run.book, run.ready.program) if f.level == "error"), *unassigned(run))
    if not count(run)["decided"]:
        fix = "kam-rules check --data tells what is missing; the summary lists what would decide them"
        return (*found, Finding("KR508", "no account was decided", None, fix))
    return found


def unassigned(run: Run) -> tuple[Finding, ...]:
    """Return why teams have no quota, escalation aside; each fault once."""
    teams = run.reconciled.teams if run.reconciled else ()
    return tuple(dict.fromkeys(fault for team in teams for fault in team.faults if fault.level == "error"))


def reconciling(run: Run) -> tuple[Finding, ...]:
    """Return what the reconciliation leaves to look at."""
    if run.reconciled is not None:
        return run.reconciled.findings
    if run.ready.program.reconciliation is None:
        return ()
    where, fix = run.ready.program.reconciliation.where, "add reps: to the data file"
    return (Finding("KR615", "the policy reconciles, and the data name no reps: no gap was worked out", where, fix, "note"),)


def run_findings(run: Run) -> tuple[Finding, ...]:
    """Return what seating, targets and the data file leave to look at."""
    ours = overridden_findings(run.overridden, run) if run.overridden is not None else ()
    program, tables = run.ready.program, run.book.tables
    past = (*past_findings(program, run.table.lazy(), tables), *watch_findings(program, tables))
    book = (*told_together(run.book, program), *mapping_findings(run.book), *rounding_findings(run.book))
    late = late_findings(run.policy, run.standing.signed)
    return (*late, *_managers(run), *_flagged(run), *_held(run), *ours, *past, *reconciling(run), *book)


def _managers(run: Run) -> list[Finding]:
    seating = run.ready.program.seating
    if seating.accounts_per_manager is None:
        return []
    key = run.table.lazy().filter(pl.col("tier").is_in(list(seating.key_tiers)) & pl.col("owner").is_not_null())
    over = key.group_by("owner").len().filter(pl.col("len") > seating.accounts_per_manager).sort(["len", "owner"], descending=[True, False])
    return [
        Finding(
            "KR601",
            f"owner {row['owner']} has {row['len']} key accounts; the policy allows {seating.accounts_per_manager}",
            None,
            "move some to another owner, or lower the capacity of the key tiers",
            "warning",
        )
        for row in over.collect().iter_rows(named=True)
    ]


def _held(run: Run) -> Iterator[Finding]:
    """Name the tiers that held accounts fill past their capacity."""
    seating = run.ready.program.seating
    counts = dict(run.table.lazy().group_by("tier").len().collect().iter_rows()) if seating.changes else {}
    for seats in seating.tiers:
        count = counts.get(seats.tier, 0)
        if seats.capacity is not None and count > seats.capacity:
            message = f"{seats.tier} holds {count:,} accounts on {seats.capacity:,} seats, since accounts are held there"
            fix = "kam-rules review lists who is held and why; a seat more, or a shorter wait, would end it"
            yield Finding("KR571", message, None, fix, "warning")


def _flagged(run: Run) -> list[Finding]:
    minor, found, names = run.ready.program.minor, [], run.table.lazy().collect_schema().names()
    texts = {
        "below_floor": ("KR602", "has an agreed target below the floor of its state", "agree on another, or change the floor"),
        "reason_needed": ("KR603", "has a state that asks for a reason and has none", "fill in the reason field"),
    }
    for column, (code, sentence, fix) in texts.items():
        if column not in names:
            continue
        flagged = run.table.lazy().filter(pl.col(column)).select("account_id", "base", "state")
        for row in flagged.sort(["base", "account_id"], descending=[True, False]).collect().iter_rows(named=True):
            base = said(Fraction(row["base"], 10**minor), Type.MONEY, minor=minor)
            message = f"account {row['account_id']} {sentence} (state {row['state']}, base {base})"
            found.append(Finding(code, message, None, fix, "warning"))
    return found


def mapping_findings(book: Book) -> tuple[Finding, ...]:
    """Return what the data file feeds in vain, and what it leaves without a column."""
    where, unfed, found = book.source.where, list(book.unfed), []
    for name in book.unread:
        near = nearest(name, unfed)
        fix = f"did you mean '{near}', which no column feeds?" if near else "check the spelling, or take the line out"
        found.append(Finding("KR604", f"the data file feeds '{name}', which the policy does not read", where, fix, "note"))
    if unfed:
        message = f"no column feeds {', '.join(unfed)}: missing for every account"
        found.append(Finding("KR605", message, where, "map a column to it in the data file, if there is one", "note"))
    return tuple(found)


def rounding_findings(book: Book) -> tuple[Finding, ...]:
    """Return the columns whose values had more decimals than their field keeps."""
    return tuple(
        Finding(
            "KR606",
            f"{count:,} value{'s' if count > 1 else ''} of '{name}' had more decimals than the field keeps: rounded half to even",
            book.source.where,
            "let the field keep more decimals:, or round at the source",
            "note",
        )
        for name, count in book.rounded
    )
