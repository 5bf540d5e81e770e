"""Who the key accounts are and what they bring: article 004's questions, answered from a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import polars as pl

from kam_rules.model.amounts import percent
from kam_rules.model.progress import Progress, silent
from kam_rules.model.report import Block, Cell, Column, Facts, Report, Table
from kam_rules.model.run import Run
from kam_rules.pipeline.assemble import STATES
from kam_rules.pipeline.benchmarks import BENCHMARKS
from kam_rules.pipeline.governance import governed
from kam_rules.pipeline.programme.spend import spending
from kam_rules.pipeline.weigh.alone import falling
from kam_rules.pipeline.weigh.book import Decided
from kam_rules.pipeline.who.lists import Compared
from kam_rules.pipeline.who.members import Members
from kam_rules.pipeline.who.places import Horizon
from kam_rules.reports._define_lists import lists
from kam_rules.reports._define_places import markets, potential, wallet
from kam_rules.reports._define_profit import profit, revenue
from kam_rules.reports._money import amount
from kam_rules.reports._stepped import stepped
from kam_rules.reports.governance import rebuilt

TOP = 10
TOGETHER = 2
"""Functions that a state calls on, from which they are said to work together."""
ABSENT = "no field says"


def define(
    found: Members,
    compared: Compared | None = None,
    past: Horizon | None = None,
    *,
    progress: Progress = silent,
    expect: Progress = silent,
) -> Report:
    """Return who the key accounts are.

    Args:
        found: the accounts of a run.
        compared: the lists that people would name, beside the policy's.
        past: what became of an earlier run's key accounts.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.
    """
    keys, alone = found.keys, _size(found.run)
    title = f"{found.run.name}: {keys.height:,} key accounts bring {_share(found.share(keys))} of revenue"
    if "profit" in found.fed:
        title += f" and {_earn(found)}"
    parts: tuple[Callable[[], Iterable[Block]], ...] = (
        lambda: [Facts("questions", "Five questions to close with", tuple(_questions(found)))],
        lambda: [Facts("concentration", "Concentration", tuple(_concentration(found, alone)))],
        lambda: revenue(found),
        lambda: profit(found),
        lambda: wallet(found),
        lambda: markets(found),
        lambda: potential(found, past),
        lambda: lists(found, compared),
        lambda: [_benchmarks(found, alone)],
        lambda: [Facts("unanswered", "What the data cannot answer, and the field that would", tuple(_unanswered(found)))],
    )
    blocks = stepped(parts, progress, expect)
    return Report("define", title, blocks, minor=found.run.ready.program.minor, status=found.run.standing.status)


def _share(value: Fraction | None) -> str:
    return "n/a (the whole is not above 0)" if value is None else percent(value, 2)


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" + (f", {percent(Fraction(part, whole), 2)}" if whole else "")


def _earn(found: Members) -> str:
    """Tell what key accounts earn: a share of the profit, or an amount beside another where there is none to share."""
    share = found.share(found.keys, "profit")
    if share is not None:
        return f"{_share(share)} of profit"
    return f"{_amount(found, found.keys, 'profit')} of profit, where all accounts together earn {_amount(found, found.rows, 'profit')}"


def _questions(found: Members) -> Iterable[tuple[str, str]]:
    run, keys = found.run, found.keys
    definition = run.policy.document.map("definition")
    yield "is there one definition?", f"yes: {definition.text('is')} ({Path(run.policy.sources[0].path).name})"
    yield "they bring", definition.text("they_bring")
    yield "we bring", definition.text("we_bring")
    if "plan" in found.fed:
        yield "a plan for each account?", f"{_of(keys['plan'].drop_nulls().len(), keys.height)} of key accounts, by {found.fed['plan']}"
    else:
        yield "a plan for each account?", f"{ABSENT}: {found.unanswered['plan']}"
    yield "another service and team?", _service(run)
    if "profit" in found.fed:
        known = found.rows.filter(pl.col("base") > 0)
        yield "profit from key accounts?", f"{_earn(found)}, last year"
        yield "is customer profit tracked?", f"{_of(known['profit'].drop_nulls().len(), known.height)} accounts, as {found.fed['profit']}"
    else:
        yield "profit from key accounts?", f"{ABSENT}: {found.unanswered['profit']}"
        yield "is customer profit tracked?", "no"


def _service(run: Run) -> str:
    """Tell what the policy promises beyond the ordinary: functions by state, and entitlements by tier where it keeps them."""
    called = {name for rule in run.ready.program.list(STATES).rules for name in dict(rule.note).get("resources", "").split(", ") if name}
    by_state = f"by state {', '.join(sorted(called))}" if called else "no state calls on a function"
    by_tier = "by tier, as the section service says" if "service" in run.policy.document else "by tier nothing is written"
    return f"{by_state}; {by_tier}"


def _amount(found: Members, rows: pl.DataFrame, name: str = "base") -> str:
    return amount(found.amount(rows, name), found.run.ready.program.minor)


def _concentration(found: Members, alone: list[str]) -> Iterable[tuple[str, str]]:
    rows, keys, seating = found.rows, found.keys, found.run.ready.program.seating
    decided = rows.filter(pl.col("tier").is_not_null())
    most = "no limit is written" if seating.at_most is None else f"at most {percent(seating.at_most)} may be"
    yield "key accounts", f"{_of(keys.height, decided.height)} of accounts decided; {most}"
    yield "their revenue", f"{_share(found.share(keys))} of {_amount(found, rows)}; one third is usual (article 001)"
    based = rows.filter(pl.col("rank").is_not_null())
    if based.height:
        yield "largest account", f"{based['account_id'][0]}, {_share(found.share(based.head(1)))}"
        yield f"largest {min(TOP, based.height)}", _share(found.share(based.head(TOP)))
    yield "key by size alone", f"{len(alone)}, which fall below without the criteria of size: {', '.join(alone[:TOP])}" if alone else "none"
    if "ideal" in found.fed:
        fits = keys.filter(pl.col("ideal").fill_null(value=False)).height
        yield "match the ideal customer", f"{_of(fits, keys.height)} of key accounts, by {found.fed['ideal']}"


def _size(run: Run) -> list[str]:
    decided = Decided(run)
    return decided.names(falling(decided, spending(run.ready.program)))


def _benchmarks(found: Members, alone: list[str]) -> Table:
    ours = {
        "growth": _grow(found),
        "missed": "an outcome: kam-rules backtest tells, and kam-rules year-end",
        "returns": f"key accounts: {_share(found.share(found.keys))} of revenue, {_profit(found)}",
        "rebuilt": rebuilt(governed(found.run)),
        "size": f"{len(alone)} of {found.keys.height} key accounts are key by size alone",
        "together": _together(found),
        "share": _share(found.share(found.keys)),
    }
    columns = (Column("says", "Others"), Column("of", "What it is of"), Column("source", "Source"), Column("ours", "Our own"))
    rows: tuple[tuple[Cell, ...], ...] = tuple((one.says, one.of, one.source, ours[one.key]) for one in BENCHMARKS)
    return Table("benchmarks", "What the articles say of others, beside our own", columns, rows)


def _grow(found: Members) -> str:
    aimed = found.keys.filter((pl.col("base") > 0) & pl.col("target_amount").is_not_null())
    return f"{_of(aimed.filter(pl.col('target_amount') > pl.col('base')).height, aimed.height)} key accounts are asked to grow"


def _profit(found: Members) -> str:
    return _earn(found) if "profit" in found.fed else "profit is not tracked"


def _together(found: Members) -> str:
    """Tell how many key accounts stand in a state that calls on two functions or more."""
    rules = found.run.ready.program.list(STATES).rules
    many = {
        str(rule.gives[0].value)  # type: ignore[union-attr]
        for rule in rules
        if len(dict(rule.note).get("resources", "").split(", ")) >= TOGETHER
    }
    n = found.keys.filter(pl.col("state").is_in(list(many))).height
    return f"{_of(n, found.keys.height)} key accounts are in states that call on {TOGETHER} functions or more"


def _unanswered(found: Members) -> Iterable[tuple[str, str]]:
    labels = {
        "profit": "profit by account",
        "cost": "cost to serve",
        "drivers": "what drives the cost",
        "market": "markets",
        "leader": "market leaders",
        "new_market": "key new markets",
        "plan": "account plans",
        "ideal": "match with the ideal customer",
        "maturity": "tenure",
        "penetration": "share of wallet",
        "potential": "potential",
    }
    for name, fix in found.unanswered.items():
        yield labels[name], fix
    if not found.unanswered:
        yield "nothing", "every question above has a field"
