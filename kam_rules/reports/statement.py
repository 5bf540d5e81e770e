"""One rep's statement: what is asked of the book, account by account, and why it is no more and no less."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from kam_rules.model.amounts import percent
from kam_rules.model.report import Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.year import UNIFORM
from kam_rules.pipeline.assemble import STATES
from kam_rules.pipeline.books import books, lines
from kam_rules.pipeline.holders import FULL
from kam_rules.pipeline.quotas import REP
from kam_rules.pipeline.replay import decided_again, work
from kam_rules.pipeline.tabulate import decisions
from kam_rules.reports._money import amount

MOST_OPEN = 20


def holders(run: Run) -> tuple[str, ...]:
    """Return everyone who holds an account, in order."""
    return tuple(lines(run)["holder"].unique().sort().to_list())


def statement(run: Run, holder: str) -> Report:
    """Return the statement of one holder."""
    minor = run.ready.program.minor
    rows = lines(run).filter(pl.col("holder") == holder)
    told = decisions(run, run.table.lazy().filter(pl.col("account_id").is_in(rows["account_id"].to_list())).collect())
    source = run.book.source
    version = (
        ("policy", f"{run.policy.id} {run.policy.fiscal_year}, {run.standing.said}"),
        ("SHA-256", run.policy.sources[0].sha256),
        ("data", f"{source.shown}, as of {run.ready.as_of.isoformat()}"),
    )
    blocks = (
        Facts("asked", "What is asked", tuple(_asked(run, holder, rows))),
        _accounts(run, rows, told),
        Lines("open", "What you could still find out", tuple(_open(run, told)) or ("nothing: every question is answered",)),
        Facts("version", "By which policy and data", version),
    )
    return Report("statement", f"{run.name}: the quota of {_named(run, holder)}", blocks, minor=minor, status=run.standing.status)


def _named(run: Run, holder: str) -> str:
    name = next((one.name for one in run.reconciled.holders if one.id == holder), "") if run.reconciled else ""
    return f"{holder}, {name}" if name else holder


def _asked(run: Run, holder: str, rows: pl.DataFrame) -> Iterable[tuple[str, str]]:
    minor, currency = run.ready.program.minor, run.ready.program.currency
    names = run.ready.program.baselines
    book = next(iter(books(rows, "holder", names)), None)
    if book is None:
        yield "committed", "nothing: no account of the book has a target in scope"
        return
    yield "base", f"{amount(book.base, minor)} {currency}, {book.accounts:,} accounts"
    yield "committed", f"{amount(book.committed, minor)} {currency}, each account at exactly 100% of its target"
    line = next((one for one in run.reconciled.quotas if one.holder.id == holder and one.role == REP), None) if run.reconciled else None
    if line is not None:
        yield "supplement", amount(line.supplement, minor) if line.assigned else "none is assigned"
        total = "no quota is assigned: the gap of the team waits for a decision" if line.total is None else amount(line.total, minor)
        yield "total quota", total
    if book.par is not None:
        yield "par", f"{percent(book.par, 2)}: what this book supports in proportion to its base"
    if UNIFORM in names and book.base:
        more = book.baselines[UNIFORM].more
        side = f"{amount(abs(more), minor)} {'more' if more > 0 else 'less'} than the accounts support" if more else "the same"
        yield "one figure for all", f"would ask {side}"


def _accounts(run: Run, rows: pl.DataFrame, told: pl.DataFrame) -> Table:
    columns = (
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("tier", "Tier"),
        Column("state", "State"),
        Column("base", "Base", Unit.MONEY),
        Column("nrr", "Target NRR", Unit.RATIO),
        Column("target", "Target", Unit.MONEY),
        Column("because", "Because"),
    )
    because = {rule.id: rule.because for rule in run.ready.program.list(STATES).rules}
    named, money = {row["account_id"]: row for row in told.iter_rows(named=True)}, 10**run.ready.program.minor
    cells: list[tuple[Cell, ...]] = []
    for row in rows.sort(["base", "account_id"], descending=[True, False]).iter_rows(named=True):
        one = named[row["account_id"]]
        target = None if row["target_amount"] is None else Fraction(row["target_amount"], money)
        why = "agreed for this account alone" if one["target_rule"] == "own" else because.get(one["state_rule"], "an answer is missing")
        share = "" if row["share"] == FULL else f" ({percent(Fraction(row['share'], FULL), 2)} of it)"
        nrr = None if one["target_nrr"] is None else Fraction(one["target_nrr"])
        words = (row["account_id"], f"{one['account_name'] or ''}{share}", row["tier"] or "undecided", row["state"] or "undecided")
        cells.append((*words, Fraction(row["base"], money), nrr, target, why))
    return Table("accounts", "Account by account", columns, tuple(cells), empty="no account")


def _open(run: Run, told: pl.DataFrame) -> Iterable[str]:
    waiting = told.filter(pl.col("tier").is_null() | pl.col("state").is_null() | pl.col("needs_data"))
    for id_ in waiting["account_id"].to_list()[:MOST_OPEN]:
        for item in work(decided_again(run, id_)):
            yield f"{id_}: {item}"
