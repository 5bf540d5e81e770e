"""Share of wallet, markets, leaders and accounts that are to become large, in tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.amounts import percent
from kam_rules.model.report import Block, Cell, Column, Table, Unit
from kam_rules.pipeline.who.members import Members, ratio
from kam_rules.pipeline.who.places import HORIZON, LARGE, NEAR_LARGE, Horizon, contrasts, outside, wallets

MOST = 10


def wallet(found: Members) -> Iterator[Block]:
    """Tell the accounts by share of wallet, and pairs that are alike in base alone."""
    if "penetration" not in found.fed:
        return
    states = found.rows.filter(pl.col("base") > 0)["state"].drop_nulls().unique().sort().to_list()
    columns = (
        Column("wallet", "Our share of their spend"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("target", "Target NRR", Unit.RATIO),
        *(Column(state, state.replace("_", " ").capitalize(), Unit.COUNT) for state in states),
    )
    money, rows = 10**found.run.ready.program.minor, []
    for name, part in wallets(found).items():
        aimed = part.filter(pl.col("target_amount").is_not_null())
        nrr = Fraction(found.amount(aimed, "target_amount"), found.amount(aimed)) if aimed.height else None
        counts = (part.filter(pl.col("state") == state).height for state in states)
        rows.append((name, part.height, Fraction(found.amount(part), money), nrr, *counts))
    note = "The same sales mean one thing at 90% of a customer's spend and another at 25%: the states and targets must differ."
    yield Table("wallets", "Share of wallet: 90% against 25%", columns, tuple(rows), note)
    yield _contrasts(found, money)


def _contrasts(found: Members, money: int) -> Table:
    columns = []
    for key, label in (("full", "Nearly full"), ("open", "Wide open")):
        columns += [
            Column(f"{key}_account", label),
            Column(f"{key}_base", "Base", Unit.MONEY),
            Column(f"{key}_wallet", "Share", Unit.RATIO),
            Column(f"{key}_state", "State"),
            Column(f"{key}_nrr", "Target NRR", Unit.RATIO),
        ]
    rows = tuple((*_side(full, money), *_side(open_, money)) for full, open_ in contrasts(found))
    title = "Alike in sales, and asked for different plans"
    return Table("contrasts", title, tuple(columns), rows, "", "no two accounts are that far apart")


def _side(row: Mapping[str, Any], money: int) -> tuple[Cell, ...]:
    nrr = Fraction(row["target_amount"], row["base"])
    return row["account_id"], Fraction(row["base"], money), ratio(row["penetration"]), row["state"] or "undecided", nrr


def markets(found: Members) -> Iterator[Block]:
    """Tell each market with its leaders, and the accounts of new markets, prospects too."""
    leader, new = "leader" in found.fed, "new_market" in found.fed
    money = 10**found.run.ready.program.minor
    if "market" in found.fed:
        columns = (
            Column("market", found.fed["market"].replace("_", " ").capitalize()),
            Column("accounts", "Accounts", Unit.COUNT),
            Column("base", "Base", Unit.MONEY),
            Column("share", "Of revenue", Unit.RATIO),
            Column("key", "Key accounts", Unit.COUNT),
            *((Column("leaders", "Leaders", Unit.COUNT), Column("key_leaders", "Leaders that are key", Unit.COUNT)) if leader else ()),
        )
        parts = found.rows.with_columns(pl.col("market").cast(pl.String).fill_null("unknown")).partition_by("market", as_dict=True)
        rows: list[tuple[Cell, ...]] = []
        for (name,), part in sorted(parts.items(), key=lambda item: (-found.amount(item[1]), str(item[0][0]))):
            cells = (str(name), part.height, Fraction(found.amount(part), money), found.share(part), part.filter("key").height)
            led = part.filter(pl.col("leader").fill_null(value=False)) if leader else part.clear()
            rows.append((*cells, *((led.height, led.filter("key").height) if leader else ())))
        yield Table("markets", "Markets, the largest first", columns, tuple(rows))
    if new:
        yield _new(found, money, leader=leader)


def _new(found: Members, money: int, *, leader: bool) -> Table:
    columns = (
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("state", "State"),
        Column("tier", "Tier"),
        Column("base", "Base", Unit.MONEY),
        *((Column("leader", "Leads its market"),) if leader else ()),
    )
    there = found.rows.filter(pl.col("new_market").fill_null(value=False))
    first = there.sort(*(["leader"] if leader else []), "base", descending=True, nulls_last=True, maintain_order=True)
    rows = tuple(
        (
            row["account_id"],
            row["name"],
            row["state"] or "undecided",
            row["tier"] or "undecided",
            Fraction(row["base"], money),
            *((row["leader"],) if leader else ()),
        )
        for row in first.head(MOST).iter_rows(named=True)
    )
    leaders = there.filter(pl.col("leader").fill_null(value=False)) if leader else there.clear()
    keys = leaders.filter("key").height
    said = f"; {leaders.height} of them lead their market, {keys} of those are key: a couple of leaders opens a market" if leader else ""
    return Table("new_markets", "In key new markets, customers and prospects", columns, rows, f"{there.height} accounts{said}.")


def potential(found: Members, past: Horizon | None) -> Iterator[Block]:
    """Tell the key accounts that are key for what they may become, and what became of earlier ones."""
    money = 10**found.run.ready.program.minor
    far, near = outside(found, NEAR_LARGE), outside(found, LARGE)
    open_ = "potential" in found.fed
    columns = (
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("tier", "Tier"),
        Column("rank", "Rank by revenue", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        *((Column("potential", "Potential", Unit.MONEY),) if open_ else ()),
    )
    by = near.sort("potential", "account_id", descending=[True, False], nulls_last=True) if open_ else near
    rows = []
    for row in by.head(MOST).iter_rows(named=True):
        cells = (row["account_id"], row["name"], row["tier"], row["rank"], Fraction(row["base"], money))
        rows.append((*cells, *((None if row["potential"] is None else Fraction(row["potential"], money),) if open_ else ())))
    note = f"{near.height} of {found.keys.height} key accounts are outside the largest fifth, {far.height} outside the largest two fifths."
    months = f"{HORIZON[0]} to {HORIZON[1]} months"
    ask = f" Whether they become large within {months} is told with --earlier RUN." if past is None else ""
    title = "Key for what they may become: outside the largest fifth"
    yield Table("potential", title, columns, tuple(rows), note + ask)
    if past is not None:
        yield _horizon(past, money)


def _horizon(past: Horizon, money: int) -> Table:
    columns = (
        Column("account_id", "Account"),
        Column("then", "Base then", Unit.MONEY),
        Column("rank_then", "Rank", Unit.COUNT),
        Column("now", "Base now", Unit.MONEY),
        Column("rank_now", "Rank", Unit.COUNT),
        Column("nrr", "Of then", Unit.RATIO),
        Column("large", "Large now"),
    )
    rows: list[tuple[Cell, ...]] = []
    order = sorted(past.accounts, key=lambda one: (not one.large, -(one.now["base"] if one.now else 0), one.then["account_id"]))
    for one in order[:MOST]:
        base, now = one.then["base"], None if one.now is None else one.now["base"]
        nrr = Fraction(now, base) if base and now is not None else None
        rank = None if one.now is None else one.now["rank"]
        then = (one.then["account_id"], Fraction(base, money), one.then["rank"])
        rows.append((*then, None if now is None else Fraction(now, money), rank, nrr, one.large))
    n, large = len(past.accounts), sum(one.large for one in past.accounts)
    share = f", {percent(Fraction(large, n), 2)}" if n else ""
    early = "" if past.months >= HORIZON[0] else f" The horizon is {HORIZON[0]} to {HORIZON[1]} months, so it is early to judge."
    note = f"After {past.months} months {large} of {n} stand in the largest fifth{share}.{early}"
    return Table("horizon", "What became of those that were key for their potential", columns, tuple(rows), note, "there were none")
