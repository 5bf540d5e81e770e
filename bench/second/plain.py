# ruff: noqa: FURB136 - a call of min or max costs more than a branch
"""Plain Python: the second policy tuned by hand in exact whole numbers; what every other means is held against.

A truth is 0 false, 1 unknown, 2 true: `and` is the lesser, `or` the greater, `not` what is left to 2. A mask has two
bits a rule: the lower where it is unknown, the higher where it is true.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import polars as pl
from polars import col

from second.book import AS_OF
from second.rules import (
    ACTIONS,
    CHURN,
    CHURN_SCORES,
    EDGES,
    ENGAGEMENT_SCORES,
    HEADROOM,
    HEADROOM_SCORES,
    HEALTH,
    HEALTH_SCORES,
    MIN_COVERAGE,
    NEUTRAL_HEADROOM,
    NEUTRAL_SEGMENT,
    REVENUE,
    REVENUE_SCORES,
    SEGMENT_SCORES,
    SEGMENTS,
    STATE_OF_RULE,
    STATES,
    TARGETS,
    TENURE,
    TENURE_SCORES,
    TIERS,
)
from second.states import state_rule

Decision = tuple[Any, ...]
"""account, score and whether it needs data, tier, state, NRR and amounts of target and floor, action, and the trail."""
TRUE = 0xAAAAAAA
"""The higher bit of each of the 14 triggers."""


def half_even(over: int, under: int) -> int:
    """Divide and round half to even."""
    whole, rest = divmod(over, under)
    rest *= 2
    return whole + 1 if rest > under or (rest == under and whole & 1) else whole


def line(over: int, under: int) -> int:
    """Return over / under in hundredths of a score, rounded, between 0 and 100."""
    return 0 if over <= 0 else 10000 if over >= 10000 * under else half_even(over, under)


def ready(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Return rows, day counts made and decimals scaled to whole numbers."""
    columns = {
        "days_to_end": (col("contract_end") - AS_OF).dt.total_days(),
        "days_since": (AS_OF - col("last_review")).dt.total_days(),
        "churn_risk": (col("churn_risk") * 10000).round().cast(pl.Int64),
        "discount": (col("discount") * 10000).round().cast(pl.Int64),
        "health_score": (col("health_score") * 10).round().cast(pl.Int64),
    }
    return table.with_columns(**columns).drop("contract_end", "last_review").to_dicts()


def decide(rows: list[dict[str, Any]]) -> list[Decision]:  # noqa: PLR0912, PLR0915 - tuned: no call where a branch will do
    """Decide every row, the trail of rule numbers and unknowns included."""
    told: list[Decision] = []
    tell, band = told.append, bisect_right
    for r in rows:
        base, prior, wallet, old = r["base_revenue"], r["prior_revenue"], r["wallet"], r["prior_wallet"]
        cost, discount, sponsor, health = r["cost_to_serve"], r["discount"], r["sponsor"], r["health_score"]
        margin, nps, engaged, tenure, pipeline = r["gross_margin"], r["nps"], r["engagement"], r["tenure_months"], r["pipeline"]
        headroom = None if wallet is None else wallet - base
        growth = base - prior if prior else None
        net = None if margin is None or cost is None or not base else margin - cost
        if wallet and old and prior is not None:
            cross = base * old - prior * wallet
            lower, higher = (2, 0) if cross < 0 else (0, 2) if cross > 0 else (0, 0)
        else:
            lower = higher = 1

        # gates
        aligned, values, willing = r["alignment"], r["values_strengths"], r["willing"]
        g1 = 1 if aligned is None else 2 if aligned >= 3 else 0
        g2 = 1 if values is None else 2 if values else 0
        g3 = 1 if willing is None else 2 if willing else 0
        kept, carried = 1 if discount is None else 2 if discount <= 4000 else 0, 1 if sponsor is None else 2 if sponsor else 0
        g4 = kept if kept > carried else carried
        gates = g1 + 4 * g2 + 16 * g3 + 64 * g4
        qualified = gates == 0b10101010

        # criteria: points with and without what stands in, weight, what is lost to coverage, what could still be won
        b1 = band(REVENUE, base)
        points, weight, lost, least, most, stand_in = 15 * REVENUE_SCORES[b1], 100, 0, 0, 0, 0
        if wallet:
            share = line(1250 * (9 * wallet - 10 * base), wallet)
            points += 12 * share
        else:
            share, weight, lost, most = None, weight - 12, 12, 12 * 10000
        if growth is None:
            grown, weight, lost, most = None, weight - 12, lost + 12, most + 12 * 10000
        else:
            grown = line(2500 * (10 * growth + prior), prior)
            points += 12 * grown
        if headroom is None:
            b4, lost, stand_in, most = -1, lost + 10, 10 * NEUTRAL_HEADROOM, most + 10 * 10000
        else:
            b4 = band(HEADROOM, headroom)
            points += 10 * HEADROOM_SCORES[b4]
        if net is None:
            earned, lost, most = None, lost + 10, most + 10 * 10000
        else:
            earned = line(200000 * net, 9 * base)
            points += 10 * earned
        if health is None:
            b6, weight, lost, most = -1, weight - 10, lost + 10, most + 10 * 10000
        else:
            b6 = band(HEALTH, health)
            points += 10 * HEALTH_SCORES[b6]
        if engaged is None:
            b7, weight, lost, most = -1, weight - 8, lost + 8, most + 8 * 10000
        else:
            b7 = engaged - 1
            points += 8 * ENGAGEMENT_SCORES[b7]
        segment = r["segment"]
        if segment is None:
            b8, lost, stand_in, least, most = -1, lost + 8, stand_in + 8 * NEUTRAL_SEGMENT, 8 * 2000, most + 8 * 9000
        else:
            b8 = SEGMENTS[segment]
            points += 8 * SEGMENT_SCORES[b8]
        churn = r["churn_risk"]
        if churn is None:
            b9, lost, most = -1, lost + 8, most + 8 * 10000
        else:
            b9 = band(CHURN, churn)
            points += 8 * CHURN_SCORES[b9]
        if tenure is None:
            b10, lost, most = -1, lost + 7, most + 7 * 10000
        else:
            b10 = band(TENURE, tenure)
            points += 7 * TENURE_SCORES[b10]
        score = None if tenure is None or 100 - lost < MIN_COVERAGE else half_even(points + stand_in, weight)
        needs_data = False
        if lost and qualified:
            low, high = half_even(points + least, 100), half_even(points + most, 100)
            for edge in EDGES:
                if low < edge <= high:
                    needs_data = True
                    break

        # tier: an unknown rule above the first true one holds it
        tier_unknown = 0
        if not qualified:
            tier = 0
        elif score is None:
            tier, tier_unknown = -1, 0b111110
        elif score >= 7200:
            tier = 1
        elif score >= 6200 or (score >= 5800 and lower == 2):
            tier = 2
        elif score >= 5800 and lower == 1:
            tier, tier_unknown = -1, 0b100
        elif score >= 5200:
            tier = 3
        elif score >= 4200:
            tier = 4
        elif score >= 3000:
            tier = 5
        else:
            tier = 6

        rule, state_unknown = state_rule(r, growth, (lower, higher), net, headroom)
        state = STATE_OF_RULE[rule]
        line_, target_unknown, nrr, floor = TARGETS[state, tier]
        target = None if nrr is None else half_even(base * nrr, 100)
        least_target = None if floor is None else half_even(base * floor, 100)

        # triggers
        gold = 1 if tier < 0 else 2 if tier in (1, 2) else 0
        t1 = t4 = 1 if growth is None else 0
        if growth is not None and 4 * growth >= prior:
            t1 = 2
        lesser = 1 if tier < 0 else 2 if tier in (3, 4) else 0
        t1 = t1 if t1 < lesser else lesser
        t2 = 1 if headroom is None else 2 if headroom >= 200_000_000_000 else 0
        bronze = 1 if tier < 0 else 2 if tier == 4 else 0
        t2 = t2 if t2 < bronze else bronze
        t3 = 0
        if state == 4 and tier != 1:
            t3 = 1 if not headroom or pipeline is None else 2 if headroom > 0 and 5 * pipeline >= headroom else 0
            if t3 and tier < 0:
                t3 = 1
        if growth is not None and 20 * growth >= 3 * prior:
            t4 = 2
        well = 1 if health is None else 2 if health >= 700 else 0
        t4 = t4 if t4 < well else well
        t4 = t4 if t4 < higher else higher
        t5 = 1 if growth is None else 2 if 10 * growth < -prior else 0
        first = 1 if tier < 0 else 2 if tier == 1 else 0
        t5 = t5 if t5 < first else first
        t6 = t7 = t9 = 0
        if gold:
            t6 = 1 if net is None else gold if 20 * net < base else 0
            t7 = 1 if cost is None or not base else gold if 5 * cost >= 2 * base else 0
            since = r["days_since"]
            t9 = 1 if since is None else gold if since > 180 else 0
        t8 = 1 if prior is None else 2 if 10 * base < 7 * prior else 0
        to_end = r["days_to_end"]
        t10 = 1 if to_end is None else 2 if to_end <= 60 else 0
        t11 = 0 if state != 2 else 1 if tier < 0 else 2 if 1 <= tier <= 3 else 0
        t12 = 1 if discount is None else 2 if discount > 2500 else 0
        sour = 1 if nps is None else 2 if nps < 0 else 0
        t13 = 1 if engaged is None else 2 if engaged <= 2 else 0
        t13 = t13 if t13 < sour else sour
        t14 = 1 if margin is None or cost is None else 2 if margin < cost else 0
        fired = t1 + 4 * t2 + 16 * t3 + 64 * t4 + 256 * t5 + 1024 * t6 + 4096 * t7 + 16384 * t8 + 65536 * t9 + 262144 * t10 + 1048576 * t11 + 4194304 * t12 + 16777216 * t13 + 67108864 * t14  # fmt: skip  # noqa: E501
        true = fired & TRUE
        action = ACTIONS[(true & -true).bit_length() // 2 - 1] if true else None
        trail = (gates, b1, share, grown, b4, earned, b6, b7, b8, b9, b10, tier, tier_unknown, rule, state_unknown, line_, target_unknown, fired)  # fmt: skip  # noqa: E501
        name = TIERS[tier] if tier >= 0 else None
        tell((r["account_id"], score, needs_data, name, STATES[state], nrr, target, floor, least_target, action, trail))
    return told


def told(decided: list[Decision]) -> list[Decision]:
    """Return the decisions."""
    return decided
