"""What a run decided, on one screen: counts, tiers, states, targets, and what needs data."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from kam_rules.model.program import LAPSED, NOT_QUALIFIED, PROSPECT
from kam_rules.model.report import Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.findings import data_findings, run_findings
from kam_rules.pipeline.replay import replay, work
from kam_rules.pipeline.tabulate import count

MOST = 10
UNDECIDED = "undecided"


def summary(run: Run, folder: str | None = None) -> Report:
    """Return the summary of a run; `folder` is where it was written."""
    program = run.ready.program
    minor = program.minor
    tables = (_tiers(run, minor), _states(run, minor), _targets(run, minor), _needs(run, minor))
    remarks = tuple(f"{f.code} {f.message}" for f in (*data_findings(run.book, program), *run_findings(run)))
    blocks = (
        Facts("counts", "Accounts", tuple(_counts(run))),
        *tables,
        *((Lines("remarks", "To look at", remarks),) if remarks else ()),
        Facts("run", "Run", tuple(_run(run, folder))),
    )
    return Report("summary", f"{run.name}: {count(run)['decided']} accounts decided", blocks, minor=minor)


def _counts(run: Run) -> Iterable[tuple[str, str]]:
    counts = count(run)
    yield "rows in", f"{counts['rows']:,}"
    if counts["blank"]:
        yield "blank rows set aside", f"{counts['blank']:,}"
    if counts["merged"]:
        yield "exact copies merged", f"{counts['merged']:,}"
    yield "decided", f"{counts['decided']:,}"
    yield "undecided", f"{counts['undecided']:,}"
    yield "refused", f"{counts['refused']:,}"


def _sum(table: pl.DataFrame, name: str, minor: int) -> Fraction:
    """Sum a column of smallest units exactly, whatever its size."""
    return Fraction(int(table[name].cast(pl.Int128).sum() or 0), 10**minor)


def _tiers(run: Run, minor: int) -> Table:
    order = [*(s.tier for s in run.ready.program.seating.tiers), NOT_QUALIFIED, None]
    seats = {s.tier: s.capacity for s in run.ready.program.seating.tiers}
    rows: list[tuple[Cell, ...]] = []
    for tier in order:
        part = run.table.filter(pl.col("tier").eq_missing(pl.lit(tier, pl.String)))
        if tier is not None or part.height:
            lost = run.table.filter(pl.col("lost_tier") == (tier or "")).height
            rows.append(
                (
                    tier or UNDECIDED,
                    part.height,
                    seats.get(tier or ""),
                    lost or None,
                    _sum(part, "base", minor),
                    _sum(part, "target_amount", minor),
                )
            )
    columns = (
        Column("tier", "Tier"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("capacity", "Capacity", Unit.COUNT),
        Column("unseated", "Eligible, no seat", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("target", "Target", Unit.MONEY),
    )
    return Table("tiers", "Tiers", columns, tuple(rows), "This is a first run: there are no incumbents.")


def _states(run: Run, minor: int) -> Table:
    given = [str(rule.gives[0].value) for rule in run.ready.program.assigning.list("states").rules]  # type: ignore[union-attr]
    order = [*(s for s in dict.fromkeys(given) if s not in {LAPSED, PROSPECT}), LAPSED, PROSPECT, None]
    rows: list[tuple[Cell, ...]] = []
    for state in order:
        part = run.table.filter(pl.col("state").eq_missing(pl.lit(state, pl.String)))
        if not part.height:
            continue
        base, target = _sum(part, "base", minor), _sum(part, "target_amount", minor)
        if state == PROSPECT:
            target = _sum(part, "prospect_amount", minor)
        based = part.filter(pl.col("target_amount").is_not_null())
        nrr = target / _sum(based, "base", minor) if state != PROSPECT and _sum(based, "base", minor) else None
        rows.append((state or UNDECIDED, part.height, base, nrr, target))
    columns = (
        Column("state", "State"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("nrr", "Target NRR", Unit.RATIO),
        Column("target", "Target", Unit.MONEY),
    )
    return Table("states", "States", columns, tuple(rows), "Prospects and lapsed accounts have base 0 and stay out of NRR.")


def _targets(run: Run, minor: int) -> Table:
    """Put the sum of the committed targets beside what the baselines would ask of the same accounts."""
    part = run.table.filter(pl.col("target_amount").is_not_null() & (pl.col("base") > 0))
    base = _sum(part, "base", minor)
    names = {"account by account": "target_amount", **{f"{b}, to compare": f"{b}_amount" for b in run.ready.program.baselines}}
    rows: list[tuple[Cell, ...]] = []
    for label, column in names.items():
        known = part.filter(pl.col(column).is_not_null())
        total, under = _sum(known, column, minor), _sum(known, "base", minor)
        rows.append((label, known.height, under, total / under if under else None, total))
    columns = (
        Column("method", "Method"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("nrr", "NRR", Unit.RATIO),
        Column("target", "Target", Unit.MONEY),
    )
    own = run.table.filter(pl.col("targets.rule") == _own(run)).height if _own(run) is not None else 0
    note = f"{own} of them by a figure agreed for the account alone." if own else ""
    assert base == rows[0][2], "the accounts with a target carry the base"
    return Table("targets", "Targets in sum", columns, tuple(rows), note)


def _own(run: Run) -> int | None:
    rules = run.ready.program.assigning.list("targets").rules
    return next((i for i, rule in enumerate(rules) if rule.id == "own"), None)


def needing(run: Run) -> pl.DataFrame:
    """Return the accounts for which an answer is missing that could change the outcome, by base revenue."""
    unanswered = [name for name in run.table.columns if name.startswith("gates.unknown.")]
    open_ = pl.col("tier").is_null() | pl.col("state").is_null() | pl.col("needs_data")
    for name in unanswered:
        open_ |= pl.col(name) != 0
    return run.table.filter(open_).sort(["base", "account_id"], descending=[True, False])


def _needs(run: Run, minor: int) -> Table:
    found = needing(run)
    rows: list[tuple[Cell, ...]] = []
    for row in found.head(MOST).iter_rows(named=True):
        missing = ", ".join(item.field for item in work(replay(run, row["account_id"])) if item.field)
        rows.append(
            (
                row["account_id"],
                row["owner"],
                Fraction(row["base"], 10**minor),
                row["tier"] or UNDECIDED,
                row["state"] or UNDECIDED,
                missing,
            )
        )
    columns = (
        Column("account_id", "Account"),
        Column("owner", "Owner"),
        Column("base", "Base at stake", Unit.MONEY),
        Column("tier", "Tier"),
        Column("state", "State"),
        Column("missing", "Missing"),
    )
    stake = _sum(found, "base", minor)
    title = f"Needs data: {found.height} accounts"
    note = f"The {MOST} with the largest base of {found.height}." if found.height > MOST else ""
    return Table(
        "needs_data", title if stake or found.height else "Needs data", columns, tuple(rows), note, "no account waits for an answer"
    )


def witnessed(run: Run) -> str:
    """Say what an independent engine confirmed."""
    found = run.witness
    if found is None:
        return "none was asked"
    if found.accounts == run.table.height:
        return f"{found.engine}-rules decided all {found.accounts:,} accounts again, with the same answers"
    return (
        f"{found.engine}-rules decided {found.accounts:,} of {run.table.height:,} accounts again, with the same answers: "
        f"{found.sample:,} spread evenly, {found.edges:,} on an edge, {found.own:,} with a target of their own"
    )


def _run(run: Run, folder: str | None) -> Iterable[tuple[str, str]]:
    ready = run.ready
    yield "policy", f"{run.name}, a draft: this version keeps no signatures"
    yield "days", f"data as of {ready.as_of}, decided for {ready.effective_on}"
    if ready.sets:
        yield "set for this run", ", ".join(f"{name}={value}" for name, value in ready.sets.items())
    yield "engine", run.engine
    yield "witness", witnessed(run)
    if folder is not None:
        yield "written to", folder
