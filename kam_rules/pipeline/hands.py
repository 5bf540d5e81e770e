"""Accounts that change hands within the year: who holds what from when on, and whose quota changes by how much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.model.day import read_day
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.fiscal import FiscalYear
from kam_rules.model.names import did_you_mean
from kam_rules.model.quota import Quota
from kam_rules.model.run import Run
from kam_rules.pipeline.books import lines
from kam_rules.pipeline.prorate import Change, Held, divisible, moved, prorate
from kam_rules.pipeline.quotas import MANAGER, REP
from kam_rules.pipeline.tables import MOST
from kam_rules.pipeline.yearfile import YearTable, load

Key = tuple[str, str]
"""An account and the holder that it was planned for: an account of several owners has several."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One account's way through the year: who it was planned for, its annual quota, and who holds which part."""

    account_id: str
    planned: str
    quota: int
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the changes come to.

    Attributes:
        passed: every account that changes hands, in order of id.
        change: what each holder's quota gains or loses; it sums to 0.
        before: each rep's total quota as it was assigned; after a change it is ``before + change``.
        as_of: the day of the decision. by: days or months. year: the fiscal year.
    """

    passed: tuple[Passed, ...]
    change: Mapping[str, int]
    before: Mapping[str, int]
    as_of: dt.date
    by: str
    year: FiscalYear


def hands(run: Run, path: Path) -> Hands:
    """Return what the changes of a file come to; nothing before the day of the decision is altered.

    Raises:
        DataError: KR105 its day is not in the calendar; KR459 to KR464 and KR466, every row at fault; then nothing changes.
    """
    table, faults = load(path, "changes"), list[Finding]()
    as_of = read_day(table.doc.scalar("as_of"), faults)
    if as_of is None:
        raise DataError(faults)
    year, by = run.policy.calendar, run.policy.year.proration
    walk = _Walk(table, year, by, as_of, _book(run), _holders(run), _unassigned(run))
    walk.all()
    if walk.faults:
        raise DataError(walk.faults[:MOST])
    passed = tuple(
        Passed(id_, planned, walk.book[id_, planned][1], prorate(walk.book[id_, planned][1], planned, changes, year, by))
        for (id_, planned), changes in sorted(walk.changes.items())
    )
    change = moved((one.planned, one.quota, one.held) for one in passed)
    return Hands(passed, change, _before(run), as_of, by, year)


def lifted(run: Run, found: Hands) -> tuple[Quota, ...]:
    """Return every line of quota with its proration: a manager's is the sum of those below.

    Lines of people who had none until now are not there; `Hands.change` has them.
    """
    if run.reconciled is None:
        return ()
    above = {holder.id: holder.manager for holder in run.reconciled.holders}
    rolled: dict[tuple[str, str], int] = {}
    for id_, amount in found.change.items():
        rolled[id_, REP] = rolled.get((id_, REP), 0) + amount
        at: str | None = id_
        while at:
            rolled[at, MANAGER] = rolled.get((at, MANAGER), 0) + amount
            at = above.get(at)
    return tuple(replace(line, proration=rolled.get((line.holder.id, line.role), 0)) for line in run.reconciled.quotas)


def _book(run: Run) -> dict[Key, tuple[str, int]]:
    """Return team and annual quota of every account by its planned holder; an account without a target carries none."""
    quota = pl.when("decided").then(pl.col("target_amount") + pl.col("supplement").fill_null(0)).otherwise(0)
    rows = lines(run).select("account_id", "holder", "team", quota.alias("quota"))
    return {(id_, holder): (team, amount) for id_, holder, team, amount in rows.iter_rows()}


def _holders(run: Run) -> tuple[str, ...]:
    if run.reconciled is not None:
        return tuple(holder.id for holder in run.reconciled.holders)
    return tuple(lines(run)["holder"].unique().sort())


def _unassigned(run: Run) -> frozenset[str]:
    return frozenset(team.team for team in run.reconciled.teams if not team.assigned) if run.reconciled else frozenset()


def _before(run: Run) -> dict[str, int]:
    if run.reconciled is not None:
        return {line.holder.id: line.total for line in run.reconciled.quotas if line.role == REP and line.total is not None}
    sums = lines(run).filter("decided").group_by("holder").agg(pl.col("target_amount").cast(pl.Int128).sum()).sort("holder")
    return {str(holder): int(total) for holder, total in sums.iter_rows()}


@dataclass(slots=True)
class _Walk:
    """Walks the changes in order of their days, and keeps every fault it meets."""

    table: YearTable
    year: FiscalYear
    by: str
    as_of: dt.date
    book: Mapping[Key, tuple[str, int]]
    holders: tuple[str, ...]
    unassigned: frozenset[str]
    faults: list[Finding] = field(default_factory=list)
    changes: dict[Key, list[Change]] = field(default_factory=dict)
    at: dict[Key, str] = field(default_factory=dict)
    held: dict[str, set[Key]] = field(default_factory=dict)
    of: dict[str, list[Key]] = field(default_factory=dict)

    def all(self) -> None:
        """Walk all rows."""
        for key in self.book:
            self.at[key] = key[1]
            self.held.setdefault(key[1], set()).add(key)
            self.of.setdefault(key[0], []).append(key)
        for row in self.table.rows.sort("on", "row").iter_rows(named=True):
            found = list(self._row_faults(row))
            self.faults += found
            if not found:
                self._pass(row)

    def _fault(self, code: str, row: Mapping[str, Any], field_: str, message: str, fix: str) -> Finding:
        return Finding(code, f"{self.table.cell(row['row'], field_, row[field_])}: {message}", None, fix)

    def _row_faults(self, row: Mapping[str, Any]) -> Iterator[Finding]:
        for name in ("from", "to"):
            if row[name] is not None and row[name] not in self.holders:
                yield self._fault("KR459", row, name, "nobody in the run bears this id", did_you_mean(row[name], self.holders))
        if row["account_id"] is None and row["from"] is None:
            yield self._fault("KR459", row, "account_id", "neither an account nor a holder is named", "name the account, or `from`")
        if row["account_id"] is not None and row["account_id"] not in self.of:
            yield self._fault("KR459", row, "account_id", "the run has no such account", "correct the id")
        day = row["on"]
        if day not in self.year:
            message = f"the day lies outside {self.year.label}, {self.year.start} to {self.year.end}"
            yield self._fault("KR461", row, "on", message, "choose a day inside, or change the year's own run")
        elif day < self.as_of:
            fix = f"choose {self.as_of} or later: quota that was asked for is not altered"
            yield self._fault("KR462", row, "on", f"the change lies before its decision of {self.as_of}", fix)
        elif not divisible(self.year, day, self.by):
            fix = "choose the first day of a fiscal month, or write proration: days in the policy"
            yield self._fault("KR464", row, "on", "the policy prorates by whole months", fix)

    def _pass(self, row: Mapping[str, Any]) -> None:
        for key in self._meant(row):
            team = self.book[key][0]
            if team in self.unassigned:
                message = f"the team {team} has no quota assigned"
                self.faults.append(self._fault("KR466", row, "account_id", message, "decide the escalation first"))
                return
            before = self.changes.setdefault(key, [])
            if before and before[-1].on == row["on"]:
                message = f"account {key[0]} changes hands twice on {row['on']}"
                self.faults.append(self._fault("KR463", row, "on", message, "keep the last of the two"))
                return
            before.append(Change(row["to"], row["on"]))
            self.held[self.at[key]].discard(key)
            self.held.setdefault(row["to"], set()).add(key)
            self.at[key] = row["to"]

    def _meant(self, row: Mapping[str, Any]) -> Iterable[Key]:
        """Return what changes hands: an account's part, or all that `from` holds on that day."""
        id_, from_, to = row["account_id"], row["from"], row["to"]
        if id_ is None:
            found = sorted(self.held.get(from_, ()))
            if not found:
                self.faults.append(self._fault("KR460", row, "from", "holds no account on that day", "take the row out"))
            return found
        keys = [key for key in self.of[id_] if from_ is None or self.at[key] == from_]
        holders = sorted({self.at[key] for key in self.of[id_]})
        if not keys:
            message = f"account {id_} is held by {' and '.join(holders)} on that day"
            self.faults.append(self._fault("KR460", row, "from", message, "name who holds it then"))
            return ()
        if len(keys) > 1 and from_ is None:
            message = f"account {id_} has several holders: {', '.join(holders)}"
            self.faults.append(self._fault("KR460", row, "from", message, "name the one whose part changes hands"))
            return ()
        if all(self.at[key] == to for key in keys):
            self.faults.append(self._fault("KR460", row, "to", f"already holds account {id_} on that day", "take the row out"))
            return ()
        return keys
