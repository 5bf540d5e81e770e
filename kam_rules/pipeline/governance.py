"""How a run's programme is looked after: who owns which relationship, what selling costs, how often it was begun anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kam_rules.model.run import Run
from kam_rules.model.year import Done
from kam_rules.pipeline.credit import book_lines

YEARS = 7
"""Years over which rebuilds are counted. Source: article 002."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What selling costs beside what it brings: accounts with both, their sums in smallest units, and accounts without a cost."""

    accounts: int
    cost: int
    revenue: int
    without: int

    @property
    def ratio(self) -> Fraction | None:
        """Selling cost in proportion to revenue; None without revenue."""
        return Fraction(self.cost, self.revenue) if self.revenue else None


@dataclass(frozen=True, slots=True)
class Governed:
    """How the programme is looked after.

    Attributes:
        rows: one an account: account_id, name, owner, tier, base, key, and those of buying, counterpart and engaged that a
            field answers; key accounts first, the largest first.
        fed: the field that answers each question.
        cost: selling cost of key accounts and of all others; None where no field says.
        rebuilds: those within seven years up to the end of the policy's year.
        since: the day after which they count.
    """

    rows: pl.DataFrame
    fed: Mapping[str, str]
    cost: tuple[Cost, Cost] | None
    rebuilds: tuple[Done, ...]
    since: dt.date


def governed(run: Run) -> Governed:
    """Return how the programme of a run is looked after."""
    found, policy = run.policy.year.governance, run.policy
    unfed = set(run.book.unfed)
    fed = {name: field for name, field in found.fields if field not in unfed}
    key = pl.col("tier").is_in(list(run.ready.program.seating.key_tiers)).fill_null(value=False)
    names = run.table.lazy().select("account_id", name="account_name").collect()
    rows = book_lines(run).select("account_id", "owner", "tier", "base").join(names, on="account_id", how="left", maintain_order="left")
    if fed:
        asked = run.book.table.lazy().select("account_id", *(pl.col(field).alias(name) for name, field in fed.items())).collect()
        rows = rows.join(asked, on="account_id", how="left", maintain_order="left")
    rows = rows.with_columns(key=key).sort(["key", "base", "account_id"], descending=[True, True, False])
    cost = None
    if "selling_cost" in fed:
        field = next(field for field in run.ready.program.fields if field.name == fed["selling_cost"])
        scale = 10 ** (run.ready.program.minor - field.decimals)
        cost = _cost(rows.filter("key"), scale), _cost(rows.filter(~pl.col("key")), scale)
    since = policy.end.replace(year=policy.end.year - YEARS, day=min(policy.end.day, 28) if policy.end.month == 2 else policy.end.day)  # noqa: PLR2004 - February
    return Governed(rows, fed, cost, tuple(one for one in found.rebuilds if since < one.on <= policy.end), since)


def _cost(rows: pl.DataFrame, scale: int) -> Cost:
    known = rows.filter(pl.col("selling_cost").is_not_null())
    cost, revenue = (int(known[name].cast(pl.Int128).sum() or 0) for name in ("selling_cost", "base"))
    return Cost(known.height, cost * scale, revenue, rows.height - known.height)
