"""What a run decided, on one screen: counts, tiers, states, targets, and what needs data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from kam_rules.backends.reference import evaluate
from kam_rules.formats._cells import for_people
from kam_rules.model.outcome import Layout
from kam_rules.model.program import LAPSED, NOT_QUALIFIED, PROSPECT
from kam_rules.model.report import Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.model.waiver import Waiver
from kam_rules.pipeline import codes
from kam_rules.pipeline.explain_past import FIRST_RUN, incumbents
from kam_rules.pipeline.findings import data_findings, run_findings
from kam_rules.pipeline.replay import decided_again, work
from kam_rules.pipeline.tally import count
from kam_rules.pipeline.worklist import needing
from kam_rules.reports._rows import controlled, rows_table
from kam_rules.reports.overridden import overridden_tables
from kam_rules.reports.reconciliation import quota_tables, team_tables

MOST, FEW = 10, 40
UNDECIDED = "undecided"


def summary(run: Run, folder: str | None = None) -> Report:
    """Return the summary of a run; `folder` is where it was written."""
    program = run.ready.program
    minor = program.minor
    tables = (_tiers(run, minor), _states(run, minor), _targets(run, minor), _needs(run, minor))
    remarks = tuple(f"{f.code} {f.message}" for f in (*data_findings(run.book, program), *run_findings(run)))
    blocks = (
        rows_table(run),
        *_proposed(run),
        *tables[:3],
        *_agreed(run, minor),
        *overridden_tables(run),
        *((*team_tables(run), quota_tables(run, FEW)[0]) if run.reconciled is not None else ()),
        tables[3],
        *((Lines("remarks", "To look at", remarks),) if remarks else ()),
        Facts("run", "Run", tuple(_run(run, folder))),
    )
    counts = count(run)
    title = f"{run.name}: {counts['decided']:,} of {run.table.height:,} accounts decided"
    return Report("summary", title, blocks, minor=minor, status=run.standing.status)


def _proposed(run: Run) -> Iterable[Facts]:
    proposed = run.table.lazy().filter(pl.col("action").is_not_null()).group_by("action").len().sort("action").collect()
    if proposed.height:
        told = ", ".join(f"{action} {number:,}" for action, number in proposed.iter_rows())
        yield Facts("triggers", "Triggers", (("proposed", told),))


Sums = dict[str, Cell]


def _sum(name: str) -> pl.Expr:
    """Sum a column of smallest units exactly, whatever its size."""
    return pl.col(name).cast(pl.Int128).sum().cast(pl.String)


def _totals(accounts: pl.LazyFrame, by: str, minor: int) -> dict[str | None, Sums]:
    """Return, by each word of a column and in all (under ""), what its accounts sum to.

    Keys of the sums: accounts, base, without (the base of those without a target), based (of those with one), target.
    """
    asked = pl.col("target_amount").is_not_null()
    sums = {
        "base": _sum("base"),
        "without": pl.when(~asked).then("base").cast(pl.Int128).sum().cast(pl.String),
        "based": pl.when(asked).then("base").cast(pl.Int128).sum().cast(pl.String),
        "target": _sum("target_amount"),
    }
    grouped = accounts.group_by(pl.col(by).cast(pl.String)).agg(pl.len().alias("accounts"), **sums).collect()
    whole = accounts.select(pl.len().alias("accounts"), **sums).collect()
    rows = [*grouped.iter_rows(named=True), {by: "", **whole.row(0, named=True)}]
    return {row[by]: {"accounts": row["accounts"], **{name: Fraction(row[name] or 0) / 10**minor for name in sums}} for row in rows}


NOTHING: Sums = {"accounts": 0, "base": Fraction(0), "without": Fraction(0), "based": Fraction(0), "target": Fraction(0)}


def _money(sums: Sums) -> tuple[Cell, Cell, Cell]:
    return sums["base"], sums["without"] or None, sums["target"]


def _tiers(run: Run, minor: int) -> Table:
    order = [*(s.tier for s in run.ready.program.seating.tiers), NOT_QUALIFIED, None]
    seats = {s.tier: s.capacity for s in run.ready.program.seating.tiers}
    found = _totals(run.table.lazy(), "tier", minor)
    lost = dict(run.table.lazy().group_by(pl.col("lost_tier").cast(pl.String)).len().collect().iter_rows())
    rows: list[tuple[Cell, ...]] = []
    for tier in order:
        if tier is not None or tier in found:
            sums = found.get(tier, NOTHING)
            rows.append((tier or UNDECIDED, sums["accounts"], seats.get(tier or ""), lost.get(tier or ""), *_money(sums)))
    rows.append(("total", run.table.height, None, None, *_money(found[""])))
    columns = (
        Column("tier", "Tier"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("capacity", "Capacity", Unit.COUNT),
        Column("unseated", "Eligible, no seat", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("without_target", "of it without target", Unit.MONEY),
        Column("target", "Target", Unit.MONEY),
    )
    return Table("tiers", "Tiers", columns, tuple(rows), _incumbents(run))


def _incumbents(run: Run) -> str:
    found = incumbents(run)
    return "This is a first run: there are no incumbents." if found == FIRST_RUN else f"{found}."


def _states(run: Run, minor: int) -> Table:
    given = [str(rule.gives[0].value) for rule in run.ready.program.list("states").rules]  # type: ignore[union-attr]
    order = [*(s for s in dict.fromkeys(given) if s not in {LAPSED, PROSPECT}), LAPSED, PROSPECT, None]
    found = _totals(run.table.lazy(), "state", minor)
    rows: list[tuple[Cell, ...]] = [(s or UNDECIDED, found[s]["accounts"], *_nrr(found[s])) for s in order if s in found]
    rows.append(("total", run.table.height, *_nrr(found[""])))
    columns = (
        Column("state", "State"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("without_target", "of it without target", Unit.MONEY),
        Column("nrr", "Target NRR", Unit.RATIO),
        Column("target", "Target", Unit.MONEY),
    )
    asked = run.table.lazy().select(_sum("prospect_amount")).collect().item()
    prospects = Fraction(asked or 0) / 10**minor
    beside = f" Prospects are asked for {for_people(prospects, Unit.MONEY, minor)} beside that, in absolute amounts." if prospects else ""
    return Table("states", "States", columns, tuple(rows), f"Prospects and lapsed accounts have base 0 and stay out of NRR.{beside}")


def _nrr(sums: Sums) -> tuple[Cell, ...]:
    """Return base, base without a target, target NRR over the base that has one, and target."""
    base, without, target = _money(sums)
    based = sums["based"]
    return base, without, target / based if isinstance(target, Fraction) and isinstance(based, Fraction) and based else None, target


def _targets(run: Run, minor: int) -> Table:
    """Put the sum of the committed targets beside what the baselines would ask of the same accounts."""
    part = run.table.lazy().filter(pl.col("target_amount").is_not_null() & (pl.col("base") > 0))
    rows: list[tuple[Cell, ...]] = [("account by account", *_asked(part, "target_amount", minor)[:4], None)]
    for baseline in run.ready.program.baselines:
        known = part.filter(pl.col(f"{baseline}_amount").is_not_null())
        rows.append((f"{baseline}, to compare", *_asked(known, f"{baseline}_amount", minor)))
    columns = (
        Column("method", "Method"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("nrr", "NRR", Unit.RATIO),
        Column("target", "Target", Unit.MONEY),
        Column("same", "Account by account, same accounts", Unit.MONEY),
    )
    return Table("targets", "Targets in sum, of the accounts that have one", columns, tuple(rows))


def _asked(part: pl.LazyFrame, column: str, minor: int) -> tuple[Cell, ...]:
    """Return how many accounts, their base, the NRR and the sum that a method asks for, and what account by account asks for."""
    found = part.select(pl.len(), base=_sum("base"), total=_sum(column), same=_sum("target_amount")).collect().row(0)
    base, total, same = (Fraction(text or 0) / 10**minor for text in found[1:])
    return found[0], base, total / base if base else None, total, same


def _agreed(run: Run, minor: int) -> tuple[Table, ...]:
    """List every target agreed for one account alone, beside what its state asks for."""
    own, rows = _own(run), list[tuple[Cell, ...]]()
    decided = codes.rule(Layout(*run.ready.program.stages), "targets")
    found = run.table.lazy().filter(decided == (-2 if own is None else own)).sort("account_id")
    for row in found.collect().iter_rows(named=True):
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
    rules = [rule for rule in run.ready.program.list("targets").rules if rule.id != "own"]
    facts: dict[str, Value] = {"state": row["state"], "tier": row["tier"]}  # type: ignore[dict-item]
    found = next((evaluate(rule.gives[0], facts) for rule in rules if evaluate(rule.when, facts) is True), None)
    return found if isinstance(found, Fraction) else None


def _own(run: Run) -> int | None:
    rules = run.ready.program.list("targets").rules
    return next((i for i, rule in enumerate(rules) if rule.id == "own"), None)


def _needs(run: Run, minor: int) -> Table:
    found = run.table.lazy().filter(needing(run))
    undecided = (pl.col("tier").is_null() | pl.col("state").is_null()).sum()
    height, waiting = found.select(pl.len().alias("n"), undecided.alias("undecided")).collect().row(0)
    first = found.select("account_id", "owner", "base", "tier", "state").sort(["base", "account_id"], descending=[True, False])
    rows: list[tuple[Cell, ...]] = []
    for row in first.head(MOST).collect().iter_rows(named=True):
        missing = ", ".join(item.field for item in work(decided_again(run, row["account_id"])) if item.field)
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
    note = f"{waiting:,} of them stay undecided until it is found; for the others it could change the outcome." if height else ""
    if height > MOST:
        note = f"The {MOST} with the largest base. {note}"
    return Table("needs_data", f"An answer is missing: {height:,} accounts", columns, tuple(rows), note, "every question is answered")


def waived(waivers: Iterable[Waiver], on: dt.date, *, ledger: bool = False) -> str:
    """Say how many waivers hold on a day; where a ledger is in use, of those that were signed."""
    valid = [waiver.until >= on for waiver in waivers]
    signed, how = (" if signed", " --ledger") if ledger else ("", "")
    return f"{sum(valid)} hold on {on}{signed}, {len(valid) - sum(valid)} ran out: kam-rules check{how} tells which"


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
    yield "policy", f"{run.policy.id} {run.policy.fiscal_year}, {run.standing.said}"
    if run.standing.head is not None:
        yield "ledger", f"{run.standing.head.entries} entries before this run, head {run.standing.head.sha256}"
    if run.policy.waivers:
        yield "waivers", waived(run.policy.waivers, ready.effective_on, ledger=run.standing.head is not None)
    yield "days", f"data as of {ready.as_of}, decided for {ready.effective_on}"
    yield "control totals", controlled(run)
    if not run.policy.copies:
        yield "data", "not copied, as the policy says: keep them as they are, the run is opened beside them"
    if ready.sets:
        whose = {name: f" by {who}" for name, who in run.standing.authors.items()}
        yield "set for this run", ", ".join(f"{name}={value}{whose.get(name, '')}" for name, value in ready.sets.items())
    yield "engine", run.engine
    yield "witness", witnessed(run)
    if folder is not None:
        yield "written to", folder
