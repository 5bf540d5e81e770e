"""The pictures of a leader's page, as tables that a page draws."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from kam_rules.model.report import Cell, Column, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.year import ACCOUNT_BASED, RAW_NRR, UNIFORM
from kam_rules.pipeline.books import books, lines
from kam_rules.pipeline.judge import Judged
from kam_rules.pipeline.leader.matrix import migration, points, strengths
from kam_rules.pipeline.leader.total import way
from kam_rules.pipeline.who.members import Members, ratio
from kam_rules.pipeline.who.pareto import standing, whale

MOST_POINTS, MOST_CURVE, MOST_BOOKS = 300, 60, 30


def waterfall(run: Run) -> Table:
    """Draw the way from the base to what is asked for."""
    columns = (Column("leg", "Leg"), Column("amount", "Amount", Unit.MONEY), Column("kind", "Kind"))
    money = 10**run.ready.program.minor
    rows = tuple((leg.label, Fraction(leg.amount, money), leg.kind) for leg in way(run))
    title = "From the base to what leadership asks for" if run.reconciled else "From the base to what the accounts bring"
    return Table("waterfall", title, columns, rows, "States by what they are asked for, the most first.", drawn="waterfall")


def ruler(run: Run) -> Iterator[Table]:
    """Draw the ladder, and where each team's gap stands on it."""
    if run.reconciled is None or run.ready.program.reconciliation is None:
        return
    of = run.ready.program.reconciliation.denominator.replace("_", "-")
    columns = (
        Column("team", "Team"),
        Column("rung", "Rung"),
        Column("from", "From", Unit.RATIO),
        Column("to", "Up to", Unit.RATIO),
        Column("gap", f"Gap, share of {of}", Unit.RATIO),
        Column("holds", "Holds"),
    )
    rows: list[tuple[Cell, ...]] = []
    for team in run.reconciled.teams:
        low: Fraction | None = None
        for step in team.steps:
            rows.append((team.team, step.rung.id, low, step.rung.edge, team.ratio, step.chosen))
            low = step.rung.edge
    note = "Below 0% the accounts bring more than is asked. The mark is the team's gap, the coloured part its rung."
    yield Table("ladder", "The ladder as a ruler", columns, tuple(rows), note, drawn="ruler")


def uniform(run: Run) -> Iterator[Table]:
    """Draw for each book what it supports beside what one figure for all would ask."""
    names = run.ready.program.baselines
    if UNIFORM not in names:
        return
    found = sorted(books(lines(run), "holder", names), key=lambda book: (-(book.par or 0), book.id))
    shown = found if len(found) <= MOST_BOOKS else [*found[: MOST_BOOKS // 2], *found[-MOST_BOOKS // 2 :]]
    columns = (Column("book", "Book of"), Column("par", "Account by account", Unit.RATIO), Column("uniform", "Uniform", Unit.RATIO))
    rows = tuple((book.id, book.par, Fraction(book.baselines[UNIFORM].amount, book.base) if book.base else None) for book in shown)
    note = "Target NRR of each book. Where uniform lies to the right it asks for more than the accounts support."
    yield Table("uniform", "One figure for all, against account by account", columns, rows, note, drawn="pairs")


def moved(run: Run, against: Run) -> Table:
    """Draw which tiers accounts went from and to since another run."""
    tiers, counts = migration(run, against)
    columns = (Column("from", f"{against.policy.fiscal_year} to {run.policy.fiscal_year}"), *(Column(t, t, Unit.COUNT) for t in tiers))
    then = [tier for tier in tiers if any(a == tier for a, _ in counts)]
    rows: list[tuple[Cell, ...]] = [(tier, *(counts.get((tier, to), 0) for to in tiers)) for tier in then]
    up = sum(n for (a, b), n in counts.items() if tiers.index(a) > tiers.index(b))
    down = sum(n for (a, b), n in counts.items() if tiers.index(a) < tiers.index(b))
    note = f"Rows are the tiers of {against.name}. {up:,} accounts stand higher than they did, {down:,} lower or gone."
    return Table("migration", "Tiers then and now", columns, tuple(rows), note, drawn="grid")


def room(found: Members) -> Iterator[Table]:
    """Draw penetration against headroom, by state."""
    if not {"penetration", "potential"} <= set(found.fed):
        return
    rows = found.rows.drop_nulls(["penetration", "potential"]).filter(pl.col("base") > 0)
    columns = (
        Column("account_id", "Account"),
        Column("penetration", found.fed["penetration"].replace("_", " ").capitalize(), Unit.RATIO),
        Column("potential", found.fed["potential"].replace("_", " ").capitalize(), Unit.MONEY),
        Column("state", "State"),
        Column("base", "Base", Unit.MONEY),
    )
    money = 10**found.run.ready.program.minor
    first = rows.sort("state", maintain_order=True).filter(pl.col("rank") <= MOST_POINTS)
    cells = tuple(
        (
            row["account_id"],
            ratio(row["penetration"]),
            Fraction(row["potential"], money),
            row["state"] or "undecided",
            Fraction(row["base"], money),
        )
        for row in first.iter_rows(named=True)
    )
    yield Table("room", "Share of wallet and room, by state", columns, cells, _cut(rows.height, len(cells)), drawn="points")


def strength(found: Members) -> Iterator[Table]:
    """Draw how attractive accounts are against how strong we are with them, by tier."""
    if not found.run.ready.program.criteria:
        return
    both = found.rows.join(strengths(found.run), on="account_id", how="left", maintain_order="left")
    rows = both.drop_nulls(["attractive", "strong"]).filter(pl.col("base") > 0)
    columns = (
        Column("account_id", "Account"),
        Column("strong", "Strength: criteria about us", Unit.SCORE),
        Column("attractive", "Attractiveness: about the customer", Unit.SCORE),
        Column("tier", "Tier"),
        Column("base", "Base", Unit.MONEY),
    )
    money = 10**found.run.ready.program.minor
    order = {seats.tier: i for i, seats in enumerate(found.run.ready.program.seating.tiers)}
    first = sorted(rows.filter(pl.col("rank") <= MOST_POINTS).iter_rows(named=True), key=lambda row: order.get(row["tier"], len(order)))
    cells = tuple(
        (
            row["account_id"],
            points(row["strong"]),
            points(row["attractive"]),
            row["tier"] or "undecided",
            Fraction(row["base"], money),
        )
        for row in first
    )
    note = f"Weighted means of the criteria's scores, 0 to 100. {_cut(rows.height, len(cells))}".strip()
    yield Table("strength", "Attractiveness and strength, by tier", columns, cells, note, drawn="points")


def _cut(whole: int, shown: int) -> str:
    return f"The {shown:,} largest of {whole:,} accounts." if shown < whole else ""


def curves(found: Members) -> Iterator[Table]:
    """Draw how revenue, and profit, add up from the account that brings most."""
    base = found.rows.filter(pl.col("base") > 0)
    whole = found.amount(found.rows)
    if not base.height or whole <= 0:
        return
    lines_ = {"revenue": [Fraction(int(sum_), whole) for sum_ in base["base"].cast(pl.Int128).cum_sum().to_list()]}
    if "profit" in found.fed and (earned := standing(found.rows)[0]) > 0:
        lines_["profit"] = [Fraction(point.together, earned) for point in whale(found.rows)]
    labels = {"revenue": "Revenue, the largest first", "profit": "Profit, the most profitable first"}
    columns = (
        Column("accounts", "Accounts"),
        Column("share", "Share of accounts", Unit.RATIO),
        *(Column(name, labels[name], Unit.RATIO) for name in lines_),
    )
    n = min(MOST_CURVE, max(map(len, lines_.values())))
    rows = [(f"{i} of {n}", Fraction(i, n), *(_at(line, Fraction(i, n)) for line in lines_.values())) for i in range(n + 1)]
    peak = max(lines_.get("profit", [Fraction(0)]))
    back = " What lies above 100% is given back by the accounts that cost more than they bring." if peak > 1 else ""
    note = f"The dotted line is 80%.{back}" + (f" Profit: {standing(found.rows)[1]}." if "profit" in lines_ else "")
    yield Table("curves", "Pareto and whale: who brings the revenue, who the profit", columns, tuple(rows), note, drawn="curve")


def _at(line: list[Fraction], share: Fraction) -> Fraction | None:
    if not line:
        return None
    place = int(share * len(line))
    return line[place - 1] if place else Fraction(0)


def ranks(judged: Judged) -> Table:
    """Draw how people rank under raw NRR and account by account."""
    names = {RAW_NRR: "By raw NRR", UNIFORM: "By uniform", ACCOUNT_BASED: "Account by account"}
    there = [by for by in names if by in judged.ranks]
    people = sorted(judged.years, key=lambda year: (judged.ranks[ACCOUNT_BASED][year.id] or len(judged.years), year.id))
    columns = (Column("of", "Person"), *(Column(by, names[by], Unit.COUNT) for by in there))
    ranked = [year for year in people if all(judged.ranks[by][year.id] for by in there)][:MOST_BOOKS]
    rows = tuple((year.id, *(judged.ranks[by][year.id] for by in there)) for year in ranked)
    return Table("ranks", "The year's ranks by each measure", columns, rows, "The first place is on top.", drawn="slope")
