"""The benchmark's first book: accounts for kam-ref, drawn from skewed but bounded distributions, the same every time."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

AS_OF = dt.date(2026, 1, 1)
CHUNK = 100_000
"""Accounts that are drawn at once; each chunk has a seed of its own, so that a larger book begins with the smaller one."""
REGIONS = ("NA", "EMEA", "APAC", "LATAM", "UKI", "DACH")


def ids(letter: str, numbers: np.ndarray, width: int) -> pl.Series:
    """Return names such as A000000017."""
    return pl.Series(numbers).cast(pl.String).str.zfill(width).to_frame("n").select(pl.lit(letter) + pl.col("n")).to_series()


def days(chance: np.random.Generator, first: int, last: int, count: int) -> np.ndarray:
    """Return days between so many before and after the day of the book."""
    return np.datetime64(AS_OF) + chance.integers(first, last, count).astype("timedelta64[D]")


def chunk(number: int) -> pl.DataFrame:
    """Return one chunk of the book."""
    count = CHUNK
    chance = np.random.default_rng([20260101, number])
    revenue = np.clip(chance.lognormal(np.log(150_000), 1.3, count), 1000, 5e7).astype("int64")
    growth = np.clip(chance.normal(0.05, 0.18, count), -0.6, 2)
    spend = (revenue / np.clip(chance.beta(2, 2, count), 0.03, 1)).astype("int64")
    rep = chance.integers(0, 5000, count)
    return pl.DataFrame(
        {
            "account_id": ids("A", np.arange(number * CHUNK, number * CHUNK + count), 9),
            "owner": ids("rep-", rep, 5),
            "manager": ids("mgr-", rep // 8, 4),
            "region": pl.Series(REGIONS)[chance.integers(0, len(REGIONS), count)],
            "revenue_prior": np.maximum((revenue / (1 + growth)).astype("int64"), 1000),
            "revenue_current": revenue,
            "gross_margin": np.round(np.clip(chance.normal(0.38, 0.12, count), 0, 0.9), 4),
            "cost_to_serve": (revenue * chance.beta(2, 10, count) * 1.1).astype("int64"),
            "potential_spend": np.maximum(spend, revenue),
            "growth_forecast": np.round(np.clip(chance.normal(0.06, 0.08, count), -0.3, 0.6), 4),
            "health_score": np.clip(chance.normal(66, 17, count), 0, 100).astype("int16"),
            "nps": np.clip(chance.normal(25, 30, count), -100, 100).astype("int16"),
            "exec_sponsor": chance.random(count) < 0.6,
            "strategic_alignment": chance.choice(np.arange(1, 6, dtype="int8"), count, p=[0.04, 0.1, 0.3, 0.34, 0.22]),
            "values_strengths": chance.random(count) < 0.92,
            "willing": chance.random(count) < 0.9,
            "tenure_months": np.clip(chance.gamma(2, 22, count), 0, 400).astype("int16"),
            "open_escalations": chance.poisson(0.6, count).astype("int16"),
            "contract_end": days(chance, -30, 720, count),
            "last_qbr": days(chance, -400, 1, count),
        }
    )


def book(count: int) -> pl.DataFrame:
    """Return the first so many accounts."""
    return pl.concat([chunk(i) for i in range(-(-count // CHUNK))]).head(count)
