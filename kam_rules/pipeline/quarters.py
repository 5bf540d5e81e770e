"""Every line of quota by quarter or month, as the policy lets it fall; the parts add up to the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kam_rules.model.errors import DataError, Finding, UsageError
from kam_rules.model.fiscal import Period
from kam_rules.model.run import Run
from kam_rules.model.year import Periods
from kam_rules.pipeline.books import books, field_of, lines, supplements
from kam_rules.pipeline.quotas import MANAGER
from kam_rules.pipeline.split import season, split
from kam_rules.pipeline.yearfile import YearTable, load


@dataclass(frozen=True, slots=True)
class Line:
    """One holder's quota by period: the committed targets, and all of it; both lists have one amount a period."""

    holder: str
    role: str
    committed: tuple[int, ...]
    total: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Quarters:
    """Quota by period; `outside` counts rows of the season that lie outside last year."""

    rule: Periods
    periods: tuple[Period, ...]
    lines: tuple[Line, ...]
    weights: tuple[int, ...] = ()
    outside: int = 0


def quarters(run: Run, path: Path | None) -> Quarters:
    """Return the quota of every rep and manager by period.

    Args:
        run: a run.
        path: the file of last year's season; for ``split: season`` alone.

    Raises:
        UsageError: KR467 the policy does not say how quota falls, or the season's file is missing or not asked for.
        DataError: KR465 the season cannot be used; the file's own faults.
    """
    rule = run.policy.year.periods
    if rule is None:
        fix = "write periods: {into: quarters, split: even} in the policy, and run again"
        raise UsageError(Finding("KR467", "the policy does not say how the year's quota falls into periods", None, fix))
    if (path is None) == (rule.split == "season"):
        asked = "needs last year's revenue" if path is None else f"has no use for a season: the policy splits it by {rule.split}"
        fix = "name the file that holds season:" if path is None else "leave the file out"
        raise UsageError(Finding("KR467", f"the quota {asked}", None, fix))
    periods = run.policy.calendar.periods(rule.into)
    weights, outside = ([1] * len(periods), 0) if path is None else _season(run, load(path, "season"), rule)
    unit = run.ready.program.reconciliation.unit if run.ready.program.reconciliation else 1
    own = _renewing(run, rule, periods, unit) if rule.split == "renewal" else _together(run, weights, unit)
    return Quarters(rule, periods, _lines(run, own, unit), tuple(weights) if path else (), outside)


def _season(run: Run, table: YearTable, rule: Periods) -> tuple[list[int], int]:
    """Return last year's revenue by period, and how many rows lie outside it."""
    days = table.rows.group_by("date").agg(pl.col("revenue").cast(pl.Int128).sum(), pl.len()).sort("date")
    year = run.policy.calendar
    weights, _ = season(((day, int(revenue)) for day, revenue, _ in days.iter_rows()), year, rule.into)
    outside = sum(n for day, _, n in days.iter_rows() if day not in year.last)
    low = next((i for i, weight in enumerate(weights) if weight < 0), None)
    if low is not None:
        name = year.periods(rule.into)[low].label.rsplit("-", 1)[-1]
        fix = "correct the rows, or write split: even in the policy"
        raise DataError(Finding("KR465", f"in {name} of last year credits outweigh revenue", table.source.where, fix))
    if not any(weights):
        message = f"{table.source.shown} has no revenue between {year.last.start} and {year.last.end}"
        raise DataError(Finding("KR465", message, table.source.where, "is it last year's file?"))
    return weights, outside


def _together(run: Run, weights: Sequence[int], unit: int) -> dict[str, list[int]]:
    """Return each holder's committed targets by period, split as one amount."""
    return {one.id: list(split(one.committed, weights, unit)) for one in books(lines(run), "holder", ())}


def _renewing(run: Run, rule: Periods, periods: Sequence[Period], unit: int) -> dict[str, list[int]]:
    """Return each holder's committed targets by period: what renews in a period falls there, the rest evenly."""
    day = pl.col(rule.date)
    period = pl.lit(None, pl.Int64)
    for i, one in enumerate(periods):
        period = pl.when(day.is_between(one.start, one.end)).then(i).otherwise(period)
    rows = lines(run).filter("decided").join(field_of(run, rule.date), on="account_id", how="left")
    sums = rows.group_by("holder", period.alias("period")).agg(pl.col("target_amount").cast(pl.Int128).sum())
    found: dict[str, list[int]] = {}
    for holder, at, amount in sums.sort("holder").iter_rows():
        parts = split(int(amount), [1] * len(periods), unit) if at is None else [int(amount) * (i == at) for i in range(len(periods))]
        before = found.get(holder, [0] * len(periods))
        found[holder] = [a + b for a, b in zip(before, parts, strict=True)]
    return found


def _lines(run: Run, own: dict[str, list[int]], unit: int) -> tuple[Line, ...]:
    """Return every rep's line, then every manager's: all that stands below, with what the manager holds back."""
    extra = supplements(run)
    reps = {id_: Line(id_, "rep", tuple(parts), _plus(parts, extra.get(id_, 0), unit)) for id_, parts in own.items()}
    if run.reconciled is None:
        return tuple(reps[id_] for id_ in sorted(reps))
    above = {holder.id: holder.manager for holder in run.reconciled.holders}
    rolled: dict[str, list[Line]] = {}
    for id_, line in reps.items():
        at: str | None = id_
        while at:
            rolled.setdefault(at, []).append(line)
            at = above.get(at)
    found = [reps[id_] for id_ in sorted(reps)]
    for quota in run.reconciled.quotas:
        below = rolled.get(quota.holder.id, ())
        if quota.role == MANAGER and below:
            committed = tuple(map(sum, zip(*(line.committed for line in below), strict=True)))
            total = tuple(map(sum, zip(*(line.total for line in below), split(quota.hold_back, committed, unit), strict=True)))
            found.append(Line(quota.holder.id, MANAGER, committed, total))
    return tuple(found)


def _plus(parts: Sequence[int], amount: int, unit: int) -> tuple[int, ...]:
    """Return the parts with a supplement that falls as they do."""
    return tuple(a + b for a, b in zip(parts, split(amount, parts, unit), strict=True))
