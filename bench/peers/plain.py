"""Plain Python: kam-ref tuned by hand, no engine in between; the meaning that every peer is held against."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import polars as pl

from peers import Decision
from peers.rules import ACTIONS, CRITERIA, NRR, POINTS, STATES, rows_of

EDGES = [edges for _, edges, _, _ in CRITERIA]


def ready(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Return rows."""
    return rows_of(table)


def decide(rows: list[dict[str, Any]]) -> list[Decision]:  # noqa: PLR0912, PLR0915 - tuned: no call where a branch will do
    """Decide every row, the trail of rule numbers included."""
    told: list[Decision] = []
    tell, band = told.append, bisect_right
    e0, e1, e2, e3, e4, e5, e6, e7, e8, e9 = EDGES
    p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 = POINTS
    for r in rows:
        revenue, prior, spend, health, nps = r["revenue_current"], r["revenue_prior"], r["potential_spend"], r["health_score"], r["nps"]
        margin, forecast, aligned, to_end = r["gross_margin"], r["growth_forecast"], r["strategic_alignment"], r["days_to_end"]
        share, headroom, growth, cts = revenue / spend, spend - revenue, (revenue - prior) / prior, r["cost_to_serve"] / revenue
        gates = (aligned >= 3, r["values_strengths"], r["willing"])
        b = (band(e0, revenue), band(e1, margin), band(e2, forecast), band(e3, share), band(e4, headroom), band(e5, aligned), band(e6, health), band(e7, nps), band(e8, r["tenure_months"]), band(e9, cts))  # fmt: skip  # noqa: E501
        score = p0[b[0]] + p1[b[1]] + p2[b[2]] + p3[b[3]] + p4[b[4]] + p5[b[5]] + p6[b[6]] + p7[b[7]] + p8[b[8]] + p9[b[9]]
        if not (gates[0] and gates[1] and gates[2]):
            tier, rule = 4, 0
        elif score >= 260:
            tier = rule = 1
        elif score >= 208:
            tier = rule = 2
        elif score >= 160:
            tier = rule = 3
        else:
            tier = rule = 4
        if health < 40:
            state, s = 0, 0
        elif nps < -20 and r["open_escalations"] >= 2:
            state, s = 0, 1
        elif to_end <= 90 and not r["exec_sponsor"] and health < 60:
            state, s = 0, 2
        elif share < 0.35 and forecast >= 0.08:
            state, s = 1, 3
        elif headroom >= 400000 and growth >= 0.05:
            state, s = 1, 4
        else:
            state, s = 2, 5
        nrr_rule = state * 4 + tier - 1
        nrr = NRR[nrr_rule]
        fired = []
        if tier == 1:
            if growth < -0.1:
                fired.append(2)
        elif tier <= 3:
            if growth >= 0.2:
                fired.append(0)
            if tier == 3 and headroom >= 1000000:
                fired.append(1)
        if tier <= 2:
            if margin < 0.2:
                fired.append(3)
            if cts >= 0.35:
                fired.append(4)
            if r["days_since_qbr"] > 180:
                fired.append(5)
            if to_end <= 60:
                fired.append(6)
            if state == 0:
                fired.append(7)
        elif to_end <= 60:
            fired.append(6)
        action = ACTIONS[fired[0]] if fired else None
        tell((r["account_id"], score, tier, STATES[state], nrr, revenue * nrr, action, (gates, b, rule, s, nrr_rule, fired)))
    return told


def told(decided: list[Decision]) -> list[Decision]:
    """Return the decisions."""
    return decided
