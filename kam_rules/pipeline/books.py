"""Each person's book as it is compared and judged: what its accounts support beside what each method would ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.backends.reference import evaluate
from kam_rules.model.program import RuleList
from kam_rules.model.quota import TOTAL, Kind
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.model.year import ACCOUNT_BASED
from kam_rules.pipeline.assemble import TARGETS
from kam_rules.pipeline.credit import book_lines
from kam_rules.pipeline.holders import FULL
from kam_rules.pipeline.quotas import REP

NOBODY = "(no owner)"
SUPPORTS = "supports"
"""The column of what an account supports: its target account by account, whatever method the policy asks by."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one method asks of the accounts that it has a figure for, what the same accounts support, and how many lack one."""

    amount: int
    supports: int
    without: int

    @property
    def more(self) -> int:
        """By how much it asks more than the accounts support."""
        return self.amount - self.supports


@dataclass(frozen=True, slots=True)
class BookSum:
    """The decided accounts of one holder, team, or all: their number, base, targets, and what each baseline asks."""

    id: str
    accounts: int
    base: int
    committed: int
    supports: int
    baselines: Mapping[str, Asked]

    @property
    def par(self) -> Fraction | None:
        """The book's difficulty: what it supports in proportion to its base; None where it has no base."""
        return Fraction(self.supports, self.base) if self.base else None


def lines(run: Run) -> pl.DataFrame:
    """Return one row an account and holder, overlay credit left out: where it stands, its base and every amount.

    Columns: account_id, holder, share (millionths), team, tier, state, decided (it has a target and is in scope), base,
    target_amount, supplement (where it goes down to accounts), ``NAME_amount`` of each baseline, supports. Without a
    reconciliation the holder is the account's owner.
    """
    found = run.reconciled
    if found is None:
        plain = book_lines(run).with_columns(
            pl.col("owner").fill_null(pl.lit(NOBODY)).alias("holder"),
            pl.lit(FULL, pl.Int64).alias("share"),
            pl.lit(TOTAL).alias("team"),
            pl.lit(None, pl.Int64).alias("supplement"),
            (pl.col("target_amount").is_not_null() & (pl.col("base") > 0)).alias("decided"),
        )
    else:
        plain = found.credits.filter(~pl.col("overlay")).with_columns((pl.col("kind") == Kind.DECIDED.value).alias("decided"))
    baselines = [f"{name}_amount" for name in run.ready.program.baselines]
    names = ("account_id", "holder", "share", "team", "tier", "state", "decided", "base", "target_amount", "supplement", *baselines)
    return plain.select(*names, _supports(run, plain).alias(SUPPORTS))


def field_of(run: Run, name: str) -> pl.DataFrame:
    """Return account_id and one field of the data contract, as it was read."""
    return run.book.table.lazy().select("account_id", name).collect()


def _supports(run: Run, rows: pl.DataFrame) -> pl.Series:
    """Return the target account by account: the committed one, or under another method what state and tier would ask."""
    if run.policy.year.method == ACCOUNT_BASED:
        return rows["target_amount"]
    rules = run.ready.program.list(TARGETS)
    kinds = rows.select("state", "tier").unique()
    ratios = [_ratio(rules, state, tier) for state, tier in kinds.iter_rows()]
    known = kinds.with_columns(
        pl.Series("over", [None if r is None else r.numerator for r in ratios], pl.Int64),
        pl.Series("under", [None if r is None else r.denominator for r in ratios], pl.Int64),
    )
    joined = rows.join(known, on=["state", "tier"], how="left", nulls_equal=True, maintain_order="left")
    over, under = pl.col("base").cast(pl.Int128) * pl.col("over"), pl.col("under").cast(pl.Int128)
    down, rest = over // under, over % under
    up = (2 * rest > under) | ((2 * rest == under) & (down % 2 == 1))
    amount = pl.when(pl.col("target_amount").is_not_null()).then(down + up.cast(pl.Int128))
    return joined.select(amount.cast(pl.Int64)).to_series()


def _ratio(rules: RuleList, state: str | None, tier: str | None) -> Fraction | None:
    """Return what the policy asks of a state and tier where neither its method nor an agreed figure is asked."""
    facts: dict[str, Value] = {"state": state, "tier": tier}
    asked = (rule for rule in rules.rules if rule.id != "own" and not rule.built_in)
    value = next((evaluate(rule.gives[0], facts) for rule in asked if evaluate(rule.when, facts) is True), None)
    return value if isinstance(value, Fraction) else None


def books(rows: pl.DataFrame, by: str, baselines: tuple[str, ...]) -> tuple[BookSum, ...]:
    """Return the decided accounts added up by a column, in order of its values, in one pass."""
    decided = rows.filter("decided")
    sums = [
        pl.len().alias("accounts"),
        *(pl.col(name).cast(pl.Int128).sum() for name in ("base", "target_amount", SUPPORTS)),
    ]
    for name in baselines:
        amount = pl.col(f"{name}_amount")
        there = amount.is_not_null()
        sums += [
            amount.cast(pl.Int128).sum().alias(f"{name}.amount"),
            pl.col(SUPPORTS).filter(there).cast(pl.Int128).sum().alias(f"{name}.supports"),
            (~there).sum().alias(f"{name}.without"),
        ]
    return tuple(_sum(row, by, baselines) for row in decided.group_by(by).agg(sums).sort(by).iter_rows(named=True))


def _sum(row: Mapping[str, Any], by: str, baselines: tuple[str, ...]) -> BookSum:
    asked = {name: Asked(*(int(row[f"{name}.{part}"] or 0) for part in ("amount", "supports", "without"))) for name in baselines}
    base, committed, supports = (int(row[name] or 0) for name in ("base", "target_amount", SUPPORTS))
    return BookSum(str(row[by]), int(row["accounts"]), base, committed, supports, asked)


def whole(rows: pl.DataFrame, baselines: tuple[str, ...]) -> BookSum:
    """Return all decided accounts as one book."""
    found = books(rows.with_columns(pl.lit(TOTAL).alias("all")), "all", baselines)
    return found[0] if found else BookSum(TOTAL, 0, 0, 0, 0, {name: Asked(0, 0, 0) for name in baselines})


def supplements(run: Run) -> dict[str, int]:
    """Return what the ladder adds to each rep's own book; nothing where the run is not reconciled."""
    lines_ = run.reconciled.quotas if run.reconciled else ()
    return {line.holder.id: line.supplement for line in lines_ if line.role == REP and line.assigned}
