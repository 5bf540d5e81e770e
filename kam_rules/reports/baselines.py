"""What the same base would be asked for under the baselines: by person, by team, by account, and within a category."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from kam_rules.model.program import Program
from kam_rules.model.report import Block, Cell, Column, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.year import ACCOUNT_BASED, UNIFORM
from kam_rules.pipeline.books import SUPPORTS, BookSum, books, field_of, lines, whole
from kam_rules.pipeline.pairs import Side, categories

MOST = 10


def baselines(run: Run) -> Report:
    """Return the account-based targets beside every baseline."""
    program, rows = run.ready.program, lines(run)
    names = program.baselines
    total = whole(rows, names)
    blocks: list[Block] = [_sums("holders", "By person", "Book of", (*books(rows, "holder", names), total), program)]
    teams = books(rows, "team", names)
    if run.reconciled is not None and len(teams) > 1:
        blocks.append(_sums("teams", "By team", "Team", (*teams, total), program))
    blocks.append(_accounts(rows, program))
    for name in names:
        if name != UNIFORM:
            blocks += _category(run, rows, name)
    method = run.policy.year.method
    use = "nothing is asked by a baseline" if method == ACCOUNT_BASED else f"the policy asks by {method}: it is the target here"
    title = f"{run.name}: account by account beside {' and '.join(names) or 'no baseline'}; {use}"
    return Report("baselines", title, tuple(blocks), minor=program.minor, status=run.standing.status)


def said(name: str) -> str:
    """Return what a reader calls a baseline or a category."""
    return name.replace("_", " ").capitalize()


def _sums(key: str, title: str, label: str, found: Iterable[BookSum], program: Program) -> Table:
    columns = [
        Column("of", label),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("supports", "Supports", Unit.MONEY),
        Column("nrr", "NRR", Unit.RATIO),
    ]
    for name in program.baselines:
        columns += [Column(name, said(name), Unit.MONEY), Column(f"{name}_more", "more by", Unit.MONEY)]
    money, rows, without = 10**program.minor, [], dict.fromkeys(program.baselines, 0)
    for one in found:
        cells: list[Cell] = [one.id, one.accounts, Fraction(one.base, money), Fraction(one.supports, money), one.par]
        for name, asked in one.baselines.items():
            cells += [Fraction(asked.amount, money), Fraction(asked.more, money)]
            without[name] = max(without[name], asked.without)
        rows.append(tuple(cells))
    lacking = [f"{count:,} accounts have no {name} figure and are left out of its columns." for name, count in without.items() if count]
    scope = "What counts are the accounts that have a target, in the scope of the reconciliation if there is one."
    supports = "Supports: their targets account by account; a baseline asks more by what it exceeds them."
    note = " ".join([scope, supports, *lacking]) if key == "holders" else " ".join(lacking)
    return Table(key, title, tuple(columns), tuple(rows), note)


def _accounts(rows: pl.DataFrame, program: Program) -> Table:
    """List the accounts for which some baseline is furthest from what they support."""
    away = [(pl.col(f"{name}_amount") - pl.col(SUPPORTS)).abs() for name in program.baselines]
    known = rows.filter("decided")
    far = known.with_columns(pl.max_horizontal(*away).alias("away")).drop_nulls("away") if away else known.clear()
    top = far.sort(["away", "account_id", "holder"], descending=[True, False, False]).head(MOST)
    columns = [
        Column("account_id", "Account"),
        Column("holder", "Book of"),
        Column("state", "State"),
        Column("base", "Base", Unit.MONEY),
        Column("supports", "Supports", Unit.MONEY),
    ]
    for name in program.baselines:
        columns += [Column(name, said(name), Unit.MONEY), Column(f"{name}_more", "more by", Unit.MONEY)]
    money, cells = 10**program.minor, []
    for row in top.iter_rows(named=True):
        line: list[Cell] = [row["account_id"], row["holder"], row["state"], Fraction(row["base"], money), Fraction(row[SUPPORTS], money)]
        for name in program.baselines:
            amount = row[f"{name}_amount"]
            line += [None, None] if amount is None else [Fraction(amount, money), Fraction(amount - row[SUPPORTS], money)]
        cells.append(tuple(line))
    note = "decisions.csv has them all." if known.height > len(cells) else ""
    return Table("accounts", f"The {len(cells)} accounts that a baseline misses by most", tuple(columns), tuple(cells), note)


def _category(run: Run, rows: pl.DataFrame, name: str) -> tuple[Table, Table]:
    """Tell the spread within each category, and the pairs that its one figure treats alike."""
    fields = field_of(run, name)
    once = rows.filter("decided").group_by("account_id", "state").agg(pl.col("base", SUPPORTS, f"{name}_amount").sum())
    joined = once.join(fields, on="account_id").rename({f"{name}_amount": "baseline", SUPPORTS: "target_amount"})
    found, money = categories(joined, name), 10**run.ready.program.minor
    spread: list[tuple[Cell, ...]] = [
        (
            one.name,
            one.accounts,
            Fraction(one.base, money),
            Fraction(one.baseline, one.base),
            Fraction(one.target, one.base),
            one.lowest,
            one.highest,
            one.above,
            one.below,
        )
        for one in found
    ]
    pairs: list[tuple[Cell, ...]] = []
    for one in found:
        asked = Fraction(one.baseline, one.base)
        pairs += [(one.name, *_side(up, money), *_side(down, money), asked) for up, down in one.pairs]
    return _spread(name, spread), _pairs(name, pairs)


def _side(side: Side, money: int) -> tuple[Cell, ...]:
    return side.account_id, side.state, Fraction(side.base, money), Fraction(side.target, side.base)


def _spread(name: str, rows: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column(name, said(name)),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("baseline", "Its figure", Unit.RATIO),
        Column("nrr", "Supports", Unit.RATIO),
        Column("lowest", "Lowest", Unit.RATIO),
        Column("highest", "Highest", Unit.RATIO),
        Column("above", "Asked less", Unit.COUNT),
        Column("below", "Asked more", Unit.COUNT),
    )
    title = f"One figure for each {name.replace('_', ' ')}, and how far its accounts lie apart"
    note = "Asked less, asked more: accounts of which the figure asks less, or more, than they support."
    return Table(f"{name}_spread", title, columns, tuple(rows), note)


def _pairs(name: str, rows: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column(name, said(name)),
        Column("above", "Account"),
        Column("above_state", "State"),
        Column("above_base", "Base", Unit.MONEY),
        Column("above_nrr", "NRR", Unit.RATIO),
        Column("below", "Beside"),
        Column("below_state", "State"),
        Column("below_base", "Base", Unit.MONEY),
        Column("below_nrr", "NRR", Unit.RATIO),
        Column("baseline", "Both are asked", Unit.RATIO),
    )
    note = "Each of the largest accounts above the figure, beside the one of another state below it that is nearest in base."
    title = f"Accounts of one {name.replace('_', ' ')} in opposite states that its figure treats alike"
    return Table(f"{name}_pairs", title, columns, tuple(rows), note if rows else "")
