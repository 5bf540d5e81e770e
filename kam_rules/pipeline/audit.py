"""Draw accounts of a run for an audit: the same seed draws the same accounts, whoever draws them.

Within a stratum the accounts with the smallest SHA-256 of seed and account id are drawn; no generator of random numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.run import Run
from kam_rules.pipeline.tabulate import decisions

BY = ("tier", "state", "owner", "none")
NOBODY = {"tier": "undecided", "state": "undecided", "owner": "nobody", "none": "all"}


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the accounts: its name, how many accounts it has, and how many are drawn."""

    name: str
    accounts: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn: how, from which strata, and the rows of the decisions, with the values beside them by `row`."""

    by: str
    seed: int
    strata: tuple[Stratum, ...]
    decisions: pl.DataFrame
    values: pl.DataFrame


def shares(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """Return how many of n fall to each stratum: one to each, then each to the one that is furthest below its share.

    Examples:
        >>> shares({"core": 90, "key": 9, "strategic": 1}, 10)
        {'core': 8, 'key': 1, 'strategic': 1}
    """
    total, found = sum(sizes.values()), dict.fromkeys(sizes, 1)
    want = {name: Fraction(min(n, total) * size, total) for name, size in sizes.items()}
    for _ in range(min(n, total) - len(found)):
        name = max((name for name in found if found[name] < sizes[name]), key=lambda name: want[name] - found[name])
        found[name] += 1
    return found


def draw(run: Run, n: int, seed: int, by: str) -> Drawn:
    """Draw n accounts, or all where there are no more, in proportion to the strata and at least one of each.

    Args:
        run: the run.
        n: how many.
        seed: another seed draws others.
        by: tier, state, owner, or none for one stratum.

    Raises:
        UsageError: KR581 there are more strata than accounts to draw, or no account at all.
    """
    strata: dict[str, list[tuple[str, int]]] = {}
    for part in run.table:
        column = pl.lit(None, pl.String) if by == "none" else pl.col(by).cast(pl.String)
        told = part.select("account_id", "row", column.fill_null(NOBODY[by]).alias("stratum"))
        for account, row, name in told.iter_rows():
            strata.setdefault(name, []).append((account, row))
    if not strata or n < len(strata):
        message = f"there are {len(strata)} strata by {by}, and {n} accounts are to be drawn" if strata else "this run decided no account"
        fix = f"draw at least one of each: --n {len(strata)}; or name another --stratify" if strata else "see refused.csv and set_aside.csv"
        raise UsageError(Finding("KR581", message, None, fix))
    sizes = {name: len(strata[name]) for name in sorted(strata)}
    counts = shares(sizes, n)
    rows = [row for name in sizes for _, row in sorted(strata[name], key=lambda one: _rank(seed, *one))[: counts[name]]]
    return Drawn(
        by,
        seed,
        tuple(Stratum(name, size, counts[name]) for name, size in sizes.items()),
        pl.concat(decisions(run, part) for part in _of(run.table, rows)).sort("row"),
        pl.concat(_of(run.book.table, rows)).sort("row"),
    )


def _of(parts: Iterable[pl.DataFrame], rows: list[int]) -> list[pl.DataFrame]:
    return [part.filter(pl.col("row").is_in(rows)) for part in parts]


def _rank(seed: int, account: str, row: int) -> tuple[str, int]:
    return hashlib.sha256(f"{seed}:{account}".encode()).hexdigest(), row
