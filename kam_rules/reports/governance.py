"""How the programme of a run is looked after: functions, sequence, relationships, rebuilds, and what selling costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import polars as pl

from kam_rules.model.amounts import percent, shown
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.benchmarks import benchmark
from kam_rules.pipeline.called import called
from kam_rules.pipeline.governance import YEARS, Cost, Governed, governed
from kam_rules.reports._place import short
from kam_rules.sections.stewardship import RELATIONSHIP, STEPS

MOST = 50
"""Key accounts that are listed; of more, how many."""
FUNCTIONS = (
    Column("function", "Function"),
    Column("contributes", "Contributes"),
    Column("people", "People", Unit.COUNT),
    Column("budget", "Budget", Unit.MONEY),
    Column("capability", "Capability"),
    Column("agreed", "Agreed"),
    Column("accounts", "Accounts that call on it", Unit.COUNT),
)


def governance(run: Run) -> Report:
    """Return how the programme is looked after; what nobody says is told with the key that would say it."""
    found, minor = governed(run), run.ready.program.minor
    keys = found.rows.filter("key")
    ownerless = keys.filter(pl.col("owner").is_null()).height
    functions = run.policy.year.functions
    agreed = sum(function.agreed is True for function in functions)
    title = f"{run.name}: {agreed} of {len(functions)} functions have agreed; {ownerless} of {keys.height} key accounts have no owner"
    blocks: tuple[Block, ...] = (
        _functions(run),
        Lines("sequence", "How it came about", tuple(_sequence(run))),
        Facts("relationships", "Who owns the relationship, and who stands opposite", tuple(_relationships(found))),
        _accounts(found, minor),
        Facts("rebuilds", f"Rebuilds in {YEARS} years", tuple(_rebuilds(found))),
        _cost(found, minor),
    )
    return Report("governance", title, blocks, minor=minor, status=run.standing.status)


def _functions(run: Run) -> Table:
    calls = {demand.function: demand for demand in called(run)}
    rows: list[tuple[Cell, ...]] = []
    for one in run.policy.year.functions:
        agreed = {True: "yes", False: "no", None: "nobody says"}[one.agreed]
        people = None if one.people is None else int(one.people)
        rows.append(
            (one.name, one.contributes, people, one.budget, one.capability or "nobody says", agreed, calls[one.name].accounts),
        )
    note = "What nobody says is written under stewardship.functions: budget, capability, agreed."
    return Table(
        "functions", "Functions, and what they have promised", FUNCTIONS, tuple(rows), note, "the policy has no stewardship section"
    )


def _sequence(run: Run) -> Iterator[str]:
    steps = {one.what: one for one in run.policy.year.governance.sequence}
    for step in STEPS:
        if step in steps:
            one = steps[step]
            days = (run.policy.start - one.on).days
            when = f"{days} days before the year begins" if days > 0 else "after the year had begun" if days < 0 else "as the year begins"
            yield f"{step}: {one.on}, {when}; by {', '.join(one.who)} ({short(one.where)})"
        else:
            yield f"{step}: not recorded; write it under stewardship.sequence"


def _relationships(found: Governed) -> Iterator[tuple[str, str]]:
    keys = found.rows.filter("key")
    yield "key accounts with exactly one owner", _of(keys.filter(pl.col("owner").is_not_null()).height, keys.height)
    if "buying" in found.fed:
        for word, n in keys.group_by("buying").len().sort("buying", nulls_last=True).iter_rows():
            yield f"bought by {word or 'nobody knows whom'}", _of(n, keys.height)
    if "counterpart" in found.fed:
        yield "with a counterpart by name", _of(keys.filter(pl.col("counterpart").is_not_null()).height, keys.height)
    if "engaged" in found.fed:
        for what, rows in (("key accounts", keys), ("other accounts", found.rows.filter(~pl.col("key")))):
            yield f"functions that work on {what}, on average", _mean(rows)
        one = benchmark("together")
        yield "elsewhere", f"{one.says} {one.of} ({one.source})"
    absent = [name for name in RELATIONSHIP if name not in found.fed]
    if absent:
        yield "not known", f"{', '.join(absent)}; name the field under stewardship.relationship"


def _mean(rows: pl.DataFrame) -> str:
    known = rows["engaged"].drop_nulls()
    missing = f", {rows.height - len(known)} unknown" if len(known) < rows.height else ""
    return "unknown" if not len(known) else f"{shown(Fraction(int(known.sum()), len(known)), 1)} over {len(known)} accounts{missing}"


def _accounts(found: Governed, minor: int) -> Table:
    told = [name for name in RELATIONSHIP if name in found.fed]
    columns = (
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("tier", "Tier"),
        Column("base", "Base", Unit.MONEY),
        Column("owner", "Owner"),
        *(Column(name, name.capitalize()) for name in told),
        Column("missing", "Missing"),
    )
    keys = found.rows.filter("key")
    rows = [_account(row, told, minor) for row in keys.head(MOST).iter_rows(named=True)]
    note = f"{keys.height - MOST} more." if keys.height > MOST else ""
    return Table("accounts", "Key accounts, the largest first", columns, tuple(rows), note, "no account is key")


def _account(row: dict[str, object], told: Iterable[str], minor: int) -> tuple[Cell, ...]:
    base = row["base"]
    assert isinstance(base, int), "every account that was decided has a base"
    missing = ", ".join(name for name in ("owner", *told) if row[name] is None)
    answers = (None if row[name] is None else str(row[name]) for name in ("owner", *told))
    return (str(row["account_id"]), str(row["name"] or ""), str(row["tier"]), Fraction(base, 10**minor), *answers, missing)


def _rebuilds(found: Governed) -> Iterator[tuple[str, str]]:
    one = benchmark("rebuilt")
    yield "counted", rebuilt(found)
    for done in found.rebuilds:
        yield str(done.on), f"{done.what} ({short(done.where)})"
    yield "elsewhere", f"{one.says} {one.of} ({one.source})"


def rebuilt(found: Governed) -> str:
    """Say how often the programme was begun anew within the years that count, or that no rebuild is recorded."""
    return f"{len(found.rebuilds)} since {found.since}" if found.rebuilds else f"none recorded since {found.since} (stewardship.rebuilds)"


def _cost(found: Governed, minor: int) -> Table:
    columns = (
        Column("accounts_are", "Accounts"),
        Column("accounts", "With a cost", Unit.COUNT),
        Column("cost", "Selling cost", Unit.MONEY),
        Column("revenue", "Revenue", Unit.MONEY),
        Column("ratio", "Cost / revenue"),
        Column("without", "Without a cost", Unit.COUNT),
    )
    pairs: tuple[tuple[str, Cost], ...] = tuple(zip(("key", "all others"), found.cost, strict=True)) if found.cost else ()
    rows = tuple(
        (what, one.accounts, Fraction(one.cost, 10**minor), Fraction(one.revenue, 10**minor),
         "none" if one.ratio is None else percent(one.ratio, 2), one.without)
        for what, one in pairs
    )  # fmt: skip
    note = "Article 001 expects key accounts to cost less to sell to, in proportion. Accounts without a cost are in neither sum."
    return Table(
        "selling_cost",
        "What selling costs",
        columns,
        rows,
        note if rows else "",
        "no field says: write selling_cost: FIELD under stewardship",
    )


def _of(n: int, whole: int) -> str:
    return f"{n} of {whole}"
