"""The second book: large amounts, one value in twenty missing in every column but the base, some accounts without revenue."""

from __future__ import annotations

import numpy as np
import polars as pl
from book import AS_OF, CHUNK, days, ids

__all__ = ["AS_OF", "book"]
MISSING = 0.05
SEGMENTS = ("public", "retail", "finance", "health", "industry", "other")
MOST, WIDEST = 5e14, 9.9e14


def chunk(number: int) -> pl.DataFrame:
    """Return one chunk of the book."""
    count = CHUNK
    chance = np.random.default_rng([20260202, number])
    base = np.clip(chance.lognormal(np.log(3e10), 2.0, count), 1e8, MOST).astype("int64")
    grown = np.clip(chance.normal(0.06, 0.2, count), -0.6, 2)
    prior = np.minimum(base / (1 + grown), MOST).astype("int64")
    wallet = np.minimum(base / np.clip(chance.beta(1.5, 2, count), 0.02, 1), WIDEST).astype("int64")
    base[chance.random(count) < 0.02] = 0
    prior[chance.random(count) < 0.01] = 0
    full = {
        "prior_revenue": prior,
        "wallet": wallet,
        "prior_wallet": np.minimum(wallet / (1 + np.clip(chance.normal(0.05, 0.15, count), -0.5, 1)), WIDEST).astype("int64"),
        "gross_margin": (base * np.clip(chance.normal(0.38, 0.15, count), -0.3, 0.9)).astype("int64"),
        "cost_to_serve": (base * chance.beta(2, 10, count) * 1.1).astype("int64"),
        "pipeline": (np.minimum(base * chance.exponential(0.12, count), MOST)).astype("int64"),
        "churn_risk": np.round(chance.beta(1.3, 6, count), 4),
        "discount": np.round(chance.beta(2, 9, count), 4),
        "health_score": np.round(np.clip(chance.normal(66, 17, count), 0, 100), 1),
        "nps": np.clip(chance.normal(25, 30, count), -100, 100).astype("int16"),
        "tickets": chance.poisson(1.2, count).astype("int16"),
        "tenure_months": np.clip(chance.gamma(2, 30, count), 0, 400).astype("int16"),
        "engagement": chance.choice(np.arange(1, 6, dtype="int8"), count, p=[0.08, 0.17, 0.35, 0.25, 0.15]),
        "alignment": chance.choice(np.arange(1, 6, dtype="int8"), count, p=[0.03, 0.08, 0.3, 0.35, 0.24]),
        "segment": pl.Series(SEGMENTS)[chance.integers(0, len(SEGMENTS), count)],
        "values_strengths": chance.random(count) < 0.94,
        "willing": chance.random(count) < 0.93,
        "sponsor": chance.random(count) < 0.6,
        "contract_end": days(chance, -30, 720, count),
        "last_review": days(chance, -400, 1, count),
    }
    columns = [pl.Series(name, values) for name, values in full.items()]
    gaps = [pl.Series(chance.random(count) >= MISSING) for _ in columns]
    holed = [column.to_frame().select(pl.when(gap).then(pl.first())).to_series() for column, gap in zip(columns, gaps, strict=True)]
    front = [
        ids("B", np.arange(number * CHUNK, number * CHUNK + count), 9).alias("account_id"),
        ids("rep-", chance.integers(0, 5000, count), 5).alias("owner"),
    ]
    return pl.DataFrame([*front, pl.Series("base_revenue", base), *holed])


def book(count: int) -> pl.DataFrame:
    """Return the first so many accounts."""
    return pl.concat([chunk(i) for i in range(-(-count // CHUNK))]).head(count)
