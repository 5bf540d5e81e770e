"""What a run decided, on one screen: counts, tiers, states, targets, and what needs data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from kam_rules.backends.reference import evaluate
from kam_rules.formats._cells import for_people
from kam_rules.model.program import LAPSED, NOT_QUALIFIED, PROSPECT
from kam_rules.model.report import Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.model.waiver import Waiver
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
        *tables[:3],
        *_agreed(run, minor),
        tables[3],
        *((Lines("remarks", "To look at", remarks),) if remarks else ()),
        Facts("run", "Run", tuple(_run(run, folder))),
    )
    counts = count(run)
    return Report("summary", f"{run.name}: {counts['decided']:,} of {run.table.height:,} accounts decided", blocks, minor=minor)


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
    proposed = run.table["action"].drop_nulls().value_counts(sort=True)
    if proposed.height:
        yield "proposed by triggers", ", ".join(f"{action} {number:,}" for action, number in proposed.sort("action").iter_rows())


def _sum(table: pl.DataFrame, name: str, minor: int) -> Fraction:
    """Sum a column of smallest units exactly, whatever its size."""
    return Fraction(int(table[name].cast(pl.Int128).sum() or 0), 10**minor)


def _without(table: pl.DataFrame, minor: int) -> Fraction | None:
    """Return the base of accounts that have no target while something is undecided; None where there is none."""
    return _sum(table.filter(pl.col("target_amount").is_null()), "base", minor) or None


def _tiers(run: Run, minor: int) -> Table:
    order = [*(s.tier for s in run.ready.program.seating.tiers), NOT_QUALIFIED, None]
    seats = {s.tier: s.capacity for s in run.ready.program.seating.tiers}
    rows: list[tuple[Cell, ...]] = []
    for tier in order:
        part = run.table.filter(pl.col("tier").cast(pl.String).eq_missing(pl.lit(tier, pl.String)))
        if tier is not None or part.height:
            lost = run.table.filter(pl.col("lost_tier").cast(pl.String) == (tier or "")).height
            rows.append((tier or UNDECIDED, part.height, seats.get(tier or ""), lost or None, *_money(part, minor)))
    rows.append(("total", run.table.height, None, None, *_money(run.table, minor)))
    columns = (
        Column("tier", "Tier"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("capacity", "Capacity", Unit.COUNT),
        Column("unseated", "Eligible, no seat", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("without_target", "of it without target", Unit.MONEY),
        Column("target", "Target", Unit.MONEY),
    )
    return Table("tiers", "Tiers", columns, tuple(rows), "This is a first run: there are no incumbents.")


def _money(part: pl.DataFrame, minor: int) -> tuple[Cell, Cell, Cell]:
    return _sum(part, "base", minor), _without(part, minor), _sum(part, "target_amount", minor)


def _states(run: Run, minor: int) -> Table:
    given = [str(rule.gives[0].value) for rule in run.ready.program.assigning.list("states").rules]  # type: ignore[union-attr]
    order = [*(s for s in dict.fromkeys(given) if s not in {LAPSED, PROSPECT}), LAPSED, PROSPECT, None]
    rows: list[tuple[Cell, ...]] = []
    for state in order:
        part = run.table.filter(pl.col("state").cast(pl.String).eq_missing(pl.lit(state, pl.String)))
        if part.height:
            rows.append((state or UNDECIDED, part.height, *_nrr(part, minor)))
    rows.append(("total", run.table.height, *_nrr(run.table, minor)))
    columns = (
        Column("state", "State"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("without_target", "of it without target", Unit.MONEY),
        Column("nrr", "Target NRR", Unit.RATIO),
        Column("target", "Target", Unit.MONEY),
    )
    prospects = _sum(run.table, "prospect_amount", minor)
    beside = f" Prospects are asked for {for_people(prospects, Unit.MONEY, minor)} beside that, in absolute amounts." if prospects else ""
    return Table("states", "States", columns, tuple(rows), f"Prospects and lapsed accounts have base 0 and stay out of NRR.{beside}")


def _nrr(part: pl.DataFrame, minor: int) -> tuple[Cell, ...]:
    """Return base, base without a target, target NRR over the base that has one, and target."""
    base, without, target = _money(part, minor)
    based = _sum(part.filter(pl.col("target_amount").is_not_null()), "base", minor)
    return base, without, target / based if isinstance(target, Fraction) and based else None, target


def _targets(run: Run, minor: int) -> Table:
    """Put the sum of the committed targets beside what the baselines would ask of the same accounts."""
    part = run.table.filter(pl.col("target_amount").is_not_null() & (pl.col("base") > 0))
    rows: list[tuple[Cell, ...]] = [("account by account", part.height, *_asked(part, "target_amount", minor), None)]
    for baseline in run.ready.program.baselines:
        known = part.filter(pl.col(f"{baseline}_amount").is_not_null())
        same = _sum(known, "target_amount", minor)
        rows.append((f"{baseline}, to compare", known.height, *_asked(known, f"{baseline}_amount", minor), same))
    columns = (
        Column("method", "Method"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("nrr", "NRR", Unit.RATIO),
        Column("target", "Target", Unit.MONEY),
        Column("same", "Account by account, same accounts", Unit.MONEY),
    )
    return Table("targets", "Targets in sum, of the accounts that have one", columns, tuple(rows))


def _asked(part: pl.DataFrame, column: str, minor: int) -> tuple[Cell, Cell, Cell]:
    base, total = _sum(part, "base", minor), _sum(part, column, minor)
    return base, total / base if base else None, total


def _agreed(run: Run, minor: int) -> tuple[Table, ...]:
    """List every target agreed for one account alone, beside what its state asks for."""
    found = run.table.filter(pl.col("targets.rule") == (-2 if _own(run) is None else _own(run))).sort("account_id")
    rows: list[tuple[Cell, ...]] = []
    for row in found.iter_rows(named=True):
        usual = _usual(run, row)
        agreed = Fraction(row["target_nrr"], 10**6)
        base = Fraction(row["base"], 10**minor)
        rows.append((row["account_id"], row["owner"], row["state"], agreed, usual, None if usual is None else base * (agreed - usual)))
    columns = (
        Column("account_id", "Account"),
        Column("owner", "Owner"),
        Column("state", "State"),
        Column("agreed", "Agreed NRR", Unit.RATIO),
        Column("usual", "NRR of its state", Unit.RATIO),
        Column("difference", "Difference", Unit.MONEY),
    )
    return (Table("agreed", "Targets agreed for one account alone", columns, tuple(rows)),) if rows else ()


def _usual(run: Run, row: dict[str, object]) -> Fraction | None:
    """Return what the account's state and tier would ask for without the agreed figure."""
    rules = [rule for rule in run.ready.program.assigning.list("targets").rules if rule.id != "own"]
    facts: dict[str, Value] = {"state": row["state"], "tier": row["tier"]}  # type: ignore[dict-item]
    found = next((evaluate(rule.gives[0], facts) for rule in rules if evaluate(rule.when, facts) is True), None)
    return found if isinstance(found, Fraction) else None


def _own(run: Run) -> int | None:
    rules = run.ready.program.assigning.list("targets").rules
    return next((i for i, rule in enumerate(rules) if rule.id == "own"), None)


def needing(run: Run) -> pl.DataFrame:
    """Return the accounts for which an answer is missing that could change the outcome, by base revenue."""
    unanswered = [name for name in run.table.columns if name.startswith("gates.unknown.")]
    open_ = pl.col("tier").is_null() | pl.col("state").is_null() | pl.col("needs_data")
    for key, _ in run.ready.program.state_inputs:
        open_ |= ~pl.col(f"{key}_known") & (pl.col("base") > 0)
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
        Column("base", "Base", Unit.MONEY),
        Column("tier", "Tier"),
        Column("state", "State"),
        Column("missing", "Missing"),
    )
    undecided = found.filter(pl.col("tier").is_null() | pl.col("state").is_null()).height
    note = f"{undecided:,} of them stay undecided until it is found; for the others it could change the outcome." if found.height else ""
    if found.height > MOST:
        note = f"The {MOST} with the largest base. {note}"
    return Table("needs_data", f"An answer is missing: {found.height:,} accounts", columns, tuple(rows), note, "every question is answered")


def waived(waivers: Iterable[Waiver], on: dt.date) -> str:
    """Say how many waivers stand beside a policy, and how many of them hold on a day."""
    valid = [waiver.until >= on for waiver in waivers]
    return f"{sum(valid)} hold on {on}, {len(valid) - sum(valid)} ran out: kam-rules check tells which"


def witnessed(run: Run) -> str:
    """Say what an independent engine confirmed."""
    found = run.witness
    if found is None:
        return "none was asked"
    name = {"durable": "durable-rules"}.get(found.engine, f"the {found.engine} engine")
    if found.accounts == run.table.height:
        return f"{name} decided all {found.accounts:,} accounts again, with the same answers"
    return (
        f"{name} decided {found.accounts:,} of {run.table.height:,} accounts again, with the same answers: "
        f"{found.sample:,} spread evenly, {found.edges:,} on an edge, {found.own:,} with a target of their own"
    )


def _run(run: Run, folder: str | None) -> Iterable[tuple[str, str]]:
    ready = run.ready
    yield "policy", f"{run.name}, a draft: this version keeps no signatures"
    if run.policy.waivers:
        yield "waivers", waived(run.policy.waivers, ready.effective_on)
    yield "days", f"data as of {ready.as_of}, decided for {ready.effective_on}"
    if ready.sets:
        yield "set for this run", ", ".join(f"{name}={value}" for name, value in ready.sets.items())
    yield "engine", run.engine
    yield "witness", witnessed(run)
    if folder is not None:
        yield "written to", folder
