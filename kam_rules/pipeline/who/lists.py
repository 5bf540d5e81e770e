"""Whom people would name beside whom the policy names: what the lists share, what stands on one alone, and what may lie behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.errors import DataError, Finding
from kam_rules.model.names import did_you_mean
from kam_rules.pipeline.tables import MOST
from kam_rules.pipeline.who.members import Members
from kam_rules.pipeline.yearfile import YearTable

LARGE = Fraction(20, 100)
"""The share of accounts with revenue, the largest first, of which people say that they bring most of it."""
LONG = Fraction(75, 100)
"""The share of accounts that have been customers for less time than one that is named for its tenure."""
FEW_NAMES = 100_000


@dataclass(frozen=True, slots=True)
class List_:  # noqa: N801 - a list of people's, beside the type
    """One list beside the policy's key accounts: ids of both, of the list alone, and of the policy alone."""

    name: str
    both: tuple[str, ...]
    only: tuple[str, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """An account that some list and the policy do not agree on: whose lists name it, what may lie behind that, each in their own words."""

    row: Mapping[str, Any]
    lists: tuple[str, ...]
    behind: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """All lists beside the policy: `only_named` are no key accounts, `only_policy` are on no list or not on all."""

    lists: tuple[List_, ...]
    only_named: tuple[Named, ...]
    only_policy: tuple[Named, ...]


def compare(found: Members, table: YearTable) -> Compared:
    """Return the lists of a file beside the policy's key accounts.

    Raises:
        DataError: KR930 a list names an account that is not in the run; KR931 it names one twice.
    """
    _check(found, table)
    named: dict[str, dict[str, str]] = {}
    for list_, id_, reason in table.rows.select("list", "account_id", "reason").iter_rows():
        named.setdefault(str(list_), {})[str(id_)] = reason or ""
    keys = found.keys["account_id"].to_list()
    lists = tuple(
        List_(
            name,
            tuple(id_ for id_ in keys if id_ in ids),
            tuple(sorted(set(ids) - set(keys))),
            tuple(id_ for id_ in keys if id_ not in ids),
        )
        for name, ids in named.items()
    )
    everyone = dict.fromkeys(id_ for ids in named.values() for id_ in ids)
    rows = found.by_id([*everyone, *keys])
    ask = Behind(found)
    only_named = [_named(rows[id_], named, ask) for id_ in everyone if not rows[id_]["key"]]
    only_policy = [_named(rows[id_], named, ask) for id_ in keys if any(id_ not in ids for ids in named.values())]
    return Compared(lists, _sorted(only_named), _sorted(only_policy))


def _sorted(found: list[Named]) -> tuple[Named, ...]:
    return tuple(sorted(found, key=lambda one: (-one.row["base"], one.row["account_id"])))


def _named(row: Mapping[str, Any], named: Mapping[str, Mapping[str, str]], ask: Behind) -> Named:
    lists = tuple(name for name, ids in named.items() if row["account_id"] in ids)
    reasons = tuple(": ".join(filter(None, (name, named[name][row["account_id"]]))) for name in lists)
    return Named(row, lists, tuple(ask.why(row, alone=len(lists) == 1 and len(named) > 1)), reasons)


class Behind:
    """What may lie behind a name: size, tenure, noise, or one place alone."""

    def __init__(self, found: Members) -> None:
        """Work out the book's own measures once."""
        rows = found.rows
        self.large = int(LARGE * rows.filter(pl.col("base") > 0).height)
        years = sorted(rows.filter(pl.col("base") > 0)["maturity"].drop_nulls().to_list()) if "maturity" in found.fed else []
        self.long = years[int(LONG * (len(years) - 1))] if years else None
        paid = rows.drop_nulls("cost").filter(pl.col("base") > 0) if "cost" in found.fed else rows.clear()
        self.standard = Fraction(found.amount(paid, "cost"), found.amount(paid)) if paid.height and found.amount(paid) else None

    def why(self, row: Mapping[str, Any], *, alone: bool) -> Iterator[str]:
        """Tell what may have made people name an account."""
        large = row["rank"] is not None and row["rank"] <= self.large
        if large:
            yield "size"
        if self.long is not None and not large and (row["maturity"] or 0) >= self.long:
            yield "tenure"
        if self.noisy(row):
            yield "noise"
        if alone and not large:
            yield "local"

    def noisy(self, row: Mapping[str, Any]) -> bool:
        """Tell whether service lies above the book's standard and costs as much as it leaves, or more."""
        if self.standard is None or row["cost"] is None or not row["base"]:
            return False
        return Fraction(row["cost"], row["base"]) > self.standard and (row["profit"] is None or row["profit"] <= row["cost"])


def _check(found: Members, table: YearTable) -> None:
    known = set(found.rows["account_id"].to_list())
    names = sorted(known)[:FEW_NAMES]
    faults = []
    for row, id_ in table.rows.select("row", "account_id").iter_rows():
        if id_ not in known:
            near = did_you_mean(id_, names)
            fix = near if near.startswith("did") else "correct the id, or take the row out; decisions.csv lists the run's accounts"
            faults.append(Finding("KR930", f"{table.cell(row, 'account_id', id_)}: the run has no such account", None, fix))
    twice = table.rows.filter(pl.struct("list", "account_id").is_duplicated())
    for row, list_, id_ in twice.select("row", "list", "account_id").iter_rows():
        message = f"{table.cell(row, 'account_id', id_)}: the list '{list_}' names it in another row, too"
        faults.append(Finding("KR931", message, None, "keep one of them"))
    if faults:
        raise DataError(faults[:MOST])
