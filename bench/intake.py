"""A million rows of CSV read in parts, beside Polars reading the same file at once; memory and rate of both.

`python intake.py [ROWS]` writes the file, reads it in alternating pairs, and prints a line of JSON a figure.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

import polars as pl
from measure import MEGABYTE, paired
from results import Figure, rate

from kam_rules.model.book import Layout
from kam_rules.sources import csv_

ROWS, PAIRS = 1_000_000, 5
NAMES = ("account_id", "name", "owner", "revenue", "prior", "wallet", "margin", "since")


def write(path: Path, rows: int) -> None:
    """Write accounts as an export has them: ids, names, amounts with cents, days."""
    i = pl.int_range(rows, eager=True).alias("i").to_frame().lazy()
    n = pl.col("i")
    factors = {"revenue": 7919, "prior": 6151, "wallet": 104729, "margin": 311}
    i.select(
        pl.format("AC-{}", n + 10**7).alias("account_id"),
        pl.format("Customer {} Ltd", n).alias("name"),
        pl.format("rep-{}", n % 500).alias("owner"),
        *(((n * factor) % 90_000_000 / 100).round(2).alias(name) for name, factor in factors.items()),
        (pl.date(2015, 1, 1) + pl.duration(days=n % 4000)).alias("since"),
    ).collect().write_csv(path)


def parts(path: Path) -> int:
    """Read the file as a run does, part by part, and hold none."""
    return sum(raw.table.height for raw in csv_.read(path, path.name, NAMES, Layout(key="account_id")))


def plainly(path: Path) -> int:
    """Read the file as Polars does by itself."""
    return pl.read_csv(path).height


def main(rows: int) -> None:
    """Tell both rates, what part of Polars' ours is, and how much memory reading in parts took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.csv"
        write(path, rows)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert parts(path) == rows
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // MEGABYTE
        found = paired(lambda: parts(path), lambda: plainly(path), PAIRS)
        size = path.stat().st_size / 2**20
        name = f"CSV of {rows:,} rows, {size:,.0f} MB, read in parts with conventions, in {grown} MB / Polars by itself"
        print(Figure("intake", f"csv/{rows}", name, rate(rows, found.one), rate(rows, found.other), found.ratio).json(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
