"""What the articles say of other companies, each with its source: figures to stand beside one's own, never rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One figure of an article: `says` is the figure, `of` what it is a figure of."""

    key: str
    says: str
    of: str
    source: str


BENCHMARKS = (
    Benchmark("growth", "95%", "of companies expect more growth of key accounts than of others", "article 002"),
    Benchmark("missed", "58%", "miss the quota of their key accounts", "article 002"),
    Benchmark("returns", "85%", "put returns on key accounts first", "article 002, 2022"),
    Benchmark("rebuilt", "46%", "rebuilt their programme twice or more in seven years", "article 002"),
    Benchmark("size", "51%", "less likely to grow: accounts raised for their size", "article 002"),
    Benchmark("together", "3 times", "the spend where functions work together on an account", "article 002"),
    Benchmark("share", "one third", "of revenue comes from key accounts", "article 001"),
)


def benchmark(key: str) -> Benchmark:
    """Return a benchmark by its key."""
    return next(one for one in BENCHMARKS if one.key == key)
