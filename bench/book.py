"""The benchmark's book of accounts and its plain-Python meaning: 87 rules over 20 columns, no engine in between."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right

import numpy as np
import polars as pl

AS_OF = dt.date(2026, 1, 1)
CRITERIA = (
    ("revenue_current", (50000, 150000, 500000, 2000000), (0, 1, 2, 3, 4), 15),
    ("gross_margin", (0.2, 0.3, 0.4, 0.5), (0, 1, 2, 3, 4), 12),
    ("growth_forecast", (0, 0.03, 0.08, 0.15), (0, 1, 2, 3, 4), 14),
    ("share", (0.2, 0.4, 0.6, 0.8), (4, 3, 2, 1, 0), 10),
    ("headroom", (25000, 100000, 400000, 1500000), (0, 1, 2, 3, 4), 10),
    ("strategic_alignment", (2, 3, 4, 5), (0, 1, 2, 3, 4), 12),
    ("health_score", (40, 55, 70, 85), (0, 1, 2, 3, 4), 8),
    ("nps", (-10, 10, 30, 50), (0, 1, 2, 3, 4), 6),
    ("tenure_months", (6, 12, 36, 72), (0, 1, 2, 3, 4), 5),
    ("cts", (0.05, 0.1, 0.2, 0.35), (4, 3, 2, 1, 0), 8),
)
EDGES = [edges for _, edges, _, _ in CRITERIA]
POINTS = [tuple(p * weight for p in points) for _, _, points, weight in CRITERIA]
NRR = {"at_risk": (90, 88, 85, 80), "high_potential": (125, 122, 118, 114), "mature": (110, 108, 105, 103)}
ACTIONS = ("promote", "promote", "demote", "demote", "demote", "review", "review", "review")


def book(count: int) -> pl.DataFrame:
    """Return accounts drawn from skewed but bounded distributions; the same every time."""
    chance = np.random.default_rng(20260101)
    revenue = np.clip(chance.lognormal(np.log(150_000), 1.3, count), 1000, 5e7).astype("int64")
    growth = np.clip(chance.normal(0.05, 0.18, count), -0.6, 2)
    return pl.DataFrame(
        {
            "account_id": [f"A{i:09}" for i in range(count)],
            "owner": [f"rep-{i % 500:04}" for i in range(count)],
            "revenue_prior": np.maximum((revenue / (1 + growth)).astype("int64"), 1000),
            "revenue_current": revenue,
            "gross_margin": np.round(np.clip(chance.normal(0.38, 0.12, count), 0, 0.9), 4),
            "cost_to_serve": (revenue * chance.beta(2, 10, count) * 1.1).astype("int64"),
            "potential_spend": np.maximum((revenue / np.clip(chance.beta(2, 2, count), 0.03, 1)).astype("int64"), revenue),
            "growth_forecast": np.round(np.clip(chance.normal(0.06, 0.08, count), -0.3, 0.6), 4),
            "health_score": np.clip(chance.normal(66, 17, count), 0, 100).astype("int64"),
            "nps": np.clip(chance.normal(25, 30, count), -100, 100).astype("int64"),
            "exec_sponsor": chance.random(count) < 0.6,
            "strategic_alignment": chance.choice(np.arange(1, 6), count, p=[0.04, 0.1, 0.3, 0.34, 0.22]),
            "values_strengths": chance.random(count) < 0.92,
            "willing": chance.random(count) < 0.9,
            "tenure_months": np.clip(chance.gamma(2, 22, count), 0, 400).astype("int64"),
            "open_escalations": chance.poisson(0.6, count),
            "contract_end": np.datetime64("2026-01-01") + chance.integers(-30, 720, count).astype("timedelta64[D]"),
            "last_qbr": np.datetime64("2026-01-01") - chance.integers(0, 400, count).astype("timedelta64[D]"),
        }
    )


def rows_of(table: pl.DataFrame) -> list[dict[str, object]]:
    """Return the rows as dicts, day counts made ready, as a plain program would want them."""
    days = {"days_to_end": (pl.col("contract_end") - AS_OF).dt.total_days(), "days_since_qbr": (AS_OF - pl.col("last_qbr")).dt.total_days()}
    return table.with_columns(**days).to_dicts()


def plain(rows: list[dict]) -> list[tuple]:  # type: ignore[type-arg]
    """Decide every row by hand-tuned Python, the trail of rule ids included."""
    told, tell, band = [], None, bisect_right
    tell = told.append
    e0, e1, e2, e3, e4, e5, e6, e7, e8, e9 = EDGES
    p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 = POINTS
    for r in rows:
        revenue, prior, spend = r["revenue_current"], r["revenue_prior"], r["potential_spend"]
        health, nps, margin, forecast, aligned = (
            r["health_score"],
            r["nps"],
            r["gross_margin"],
            r["growth_forecast"],
            r["strategic_alignment"],
        )
        share, headroom, growth, cts = revenue / spend, spend - revenue, (revenue - prior) / prior, r["cost_to_serve"] / revenue
        gates = (aligned >= 3, r["values_strengths"], r["willing"])
        b = (band(e0, revenue), band(e1, margin), band(e2, forecast), band(e3, share), band(e4, headroom), band(e5, aligned), band(e6, health), band(e7, nps), band(e8, r["tenure_months"]), band(e9, cts))  # fmt: skip  # noqa: E501
        score = p0[b[0]] + p1[b[1]] + p2[b[2]] + p3[b[3]] + p4[b[4]] + p5[b[5]] + p6[b[6]] + p7[b[7]] + p8[b[8]] + p9[b[9]]
        if not (gates[0] and gates[1] and gates[2]):
            tier, rule = 4, 0
        elif score >= 260:
            tier, rule = 1, 1
        elif score >= 208:
            tier, rule = 2, 2
        elif score >= 160:
            tier, rule = 3, 3
        else:
            tier, rule = 4, 4
        if health < 40:
            state, s = "at_risk", 1
        elif nps < -20 and r["open_escalations"] >= 2:
            state, s = "at_risk", 2
        elif r["days_to_end"] <= 90 and not r["exec_sponsor"] and health < 60:
            state, s = "at_risk", 3
        elif share < 0.35 and forecast >= 0.08:
            state, s = "high_potential", 4
        elif headroom >= 400000 and growth >= 0.05:
            state, s = "high_potential", 5
        else:
            state, s = "mature", 6
        nrr = NRR[state][tier - 1]
        top = tier <= 2
        tests = (
            2 <= tier <= 3 and growth >= 0.2,
            tier == 3 and headroom >= 1000000,
            tier == 1 and growth < -0.1,
            top and margin < 0.2,
            top and cts >= 0.35,
            top and r["days_since_qbr"] > 180,
            r["days_to_end"] <= 60,
            top and state == "at_risk",
        )
        fired = [i for i, hit in enumerate(tests) if hit]
        action = ACTIONS[fired[0]] if fired else None
        tell((r["account_id"], score, tier, state, nrr, revenue * nrr, action, (gates, b, rule, s, fired)))
    return told
