"""Who brings the revenue and who the profit, in tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.amounts import percent
from kam_rules.model.report import Block, Cell, Column, Lines, Table, Unit
from kam_rules.pipeline.who.members import Members
from kam_rules.pipeline.who.pareto import diamonds, poor, producers, standing, thinned, whale
from kam_rules.reports._money import amount

MOST, POINTS = 10, 20


def revenue(found: Members) -> Iterator[Block]:
    """Tell the producers of 80%, by revenue and by profit, and the largest accounts."""
    columns = (
        Column("by", "By"),
        Column("producers", "Producers of 80%", Unit.COUNT),
        Column("of", "Of accounts", Unit.COUNT),
        Column("share", "That is", Unit.RATIO),
        Column("brought", "They bring", Unit.MONEY),
        Column("whole", "Of", Unit.MONEY),
        Column("key", "Key accounts among them", Unit.COUNT),
        Column("unknown", "Without a figure", Unit.COUNT),
    )
    money, keys, rows = 10**found.run.ready.program.minor, set(found.keys["account_id"].to_list()), list[tuple[Cell, ...]]()
    for by, name in (("revenue", "base"), ("profit", "profit")):
        if name == "profit" and "profit" not in found.fed:
            continue
        one = producers(found.rows, name)
        n, among = (len(one.ids), sum(1 for id_ in one.ids if id_ in keys)) if one.ids else (None, None)
        share = Fraction(len(one.ids), one.of) if one.ids else None
        rows.append((by, n, one.of, share, Fraction(one.brought, money), Fraction(one.whole, money), among, one.unknown))
    note = "Counted from the largest down, over the accounts above 0. Where a whole is not above 0 nobody brings 80% of it."
    yield Table("producers", "Who brings 80%, computed", columns, tuple(rows), note)
    yield _largest(found)


def _largest(found: Members) -> Table:
    columns = [
        Column("rank", "Rank", Unit.COUNT),
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("tier", "Tier"),
        Column("base", "Base", Unit.MONEY),
        Column("share", "Of revenue", Unit.RATIO),
        Column("together", "Together", Unit.RATIO),
    ]
    profit = "profit" in found.fed
    columns += [Column("profit", "Profit", Unit.MONEY), Column("profit_share", "Of profit", Unit.RATIO)] if profit else []
    money, whole, sum_ = 10**found.run.ready.program.minor, found.amount(found.rows), 0
    earned, of = standing(found.rows) if profit else (0, "")
    rows: list[tuple[Cell, ...]] = []
    for row in found.rows.filter(found.rows["rank"].is_not_null()).head(MOST).iter_rows(named=True):
        sum_ += row["base"]
        cells = (row["rank"], row["account_id"], row["name"], row["tier"] or "undecided", Fraction(row["base"], money))
        earns = _profit(row["profit"], earned, money) if profit else ()
        rows.append((*cells, Fraction(row["base"], whole), Fraction(sum_, whole), *earns))
    note = f"Profit is {found.fed['profit']}; its shares are {of}." if profit else ""
    return Table("largest", f"The {len(rows)} largest accounts", tuple(columns), tuple(rows), note)


def _profit(value: int | None, whole: int, money: int) -> tuple[Cell, Cell]:
    return (None, None) if value is None else (Fraction(value, money), Fraction(value, whole) if whole else None)


def profit(found: Members) -> Iterator[Block]:
    """Tell the whale curve, the diamonds, and the large accounts that earn little."""
    if "profit" not in found.fed:
        yield Lines("profit", "Profit", ("No field says what an account earns: see what the data cannot answer.",))
        return
    points, money = whale(found.rows), 10**found.run.ready.program.minor
    earned, of = standing(found.rows)
    columns = (
        Column("accounts", "Accounts", Unit.COUNT),
        Column("account_id", "The last of them"),
        Column("profit", "Its profit", Unit.MONEY),
        Column("together", "Together", Unit.MONEY),
        Column("share", "Share", Unit.RATIO),
    )
    shown = thinned(points, POINTS)
    rows = tuple(
        (p.accounts, p.account_id, Fraction(p.profit, money), Fraction(p.together, money), Fraction(p.together, earned) if earned else None)
        for p in shown
    )
    unknown = found.rows.filter(pl.col("base") > 0)["profit"].null_count()
    left = f" {unknown:,} with revenue have no profit figure and are left out." if unknown else ""
    note = f"Accounts by profit, the most profitable first; shares are {of}.{left}"
    yield Table("whale", "The whale curve: who earns the profit, and who gives it back", columns, rows, note)
    yield _diamonds(found, earned, of)
    yield _poor(found, earned, of)


def _diamonds(found: Members, earned: int, of: str) -> Table:
    large = producers(found.rows, "base").ids
    rows = diamonds(found.rows, large)
    note = (
        f"Outside the producers of 80% of revenue, and of profit a share more than a quarter above that of revenue; shares are {of}."
        f" {rows.height:,} in all, with the profit of {amount(found.amount(rows, 'profit'), found.run.ready.program.minor)}."
    )
    cells = tuple(_line(row, earned, found) for row in rows.head(MOST).iter_rows(named=True))
    return Table("diamonds", "Diamonds: small in sales, large in profit", _columns(), cells, note if cells else "", "none")


def _poor(found: Members, earned: int, of: str) -> Table:
    rows = poor(found.rows, producers(found.rows, "base").ids)
    names = (*(["cost"] if "cost" in found.fed else []), *found.drivers)
    whole = found.amount(found.rows)
    columns = (*_columns(), *(Column(name, _said(name), Unit.RATIO) for name in names))
    cells = []
    for row in rows.head(MOST).iter_rows(named=True):
        shares = (None if row[name] is None or not row["base"] else Fraction(row[name], row["base"]) for name in names)
        cells.append((*_line(row, earned, found), *shares))
    standard = ", ".join(f"{_said(name).lower()} {_percent(found.amount(found.rows, name), whole)}" for name in names)
    drivers = f" Costs are shares of the account's revenue; of the whole book: {standard}." if names and whole else ""
    note = f"Producers of 80% of revenue with less than half that share of profit; {rows.height:,} in all; shares are {of}.{drivers}"
    return Table("poor", "Large accounts that earn little, and what they cost", columns, tuple(cells), note if cells else "", "none")


def _said(name: str) -> str:
    return "Cost to serve" if name == "cost" else name.removeprefix("cost_").replace("_", " ").capitalize()


def _percent(part: int, whole: int) -> str:
    return percent(Fraction(part, whole), 2)


def _columns() -> tuple[Column, ...]:
    return (
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("owner", "Owner"),
        Column("tier", "Tier"),
        Column("base", "Base", Unit.MONEY),
        Column("share", "Of revenue", Unit.RATIO),
        Column("profit", "Profit", Unit.MONEY),
        Column("profit_share", "Of profit", Unit.RATIO),
    )


def _line(row: Mapping[str, Any], earned: int, found: Members) -> tuple[Cell, ...]:
    money, whole = 10**found.run.ready.program.minor, found.amount(found.rows)
    words = (row["account_id"], row["name"], row["owner"], row["tier"] or "undecided")
    return (*words, Fraction(row["base"], money), Fraction(row["base"], whole) if whole else None, *_profit(row["profit"], earned, money))
