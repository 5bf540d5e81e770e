"""The figures and conditions of kam-ref (SPEC.md) that the peers share; each writes its own rules from them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Any

from book import AS_OF
from polars import DataFrame, col

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
"""What is measured, the edges of its bands, the points of each band, the weight."""
POINTS = tuple(tuple(point * weight for point in points) for _, _, points, weight in CRITERIA)
TIER_EDGES = (260, 208, 160)
STATES = ("at_risk", "high_potential", "mature")
STATE_OF_RULE = (0, 0, 0, 1, 1, 2)
NRR = (90, 88, 85, 80, 125, 122, 118, 114, 110, 108, 105, 103)
"""By state and tier: rule 4 · state + tier - 1."""
ACTIONS = ("promote", "promote", "demote", "demote", "demote", "review", "review", "review")
"""Of each trigger."""

Test = tuple[str, str, Any]
"""A field, how it is compared, and with what."""
GATES: tuple[Test, ...] = (("strategic_alignment", ">=", 3), ("values_strengths", "==", True), ("willing", "==", True))
STATE_RULES: tuple[tuple[Test, ...], ...] = (
    (("health_score", "<", 40),),
    (("nps", "<", -20), ("open_escalations", ">=", 2)),
    (("days_to_end", "<=", 90), ("exec_sponsor", "==", False), ("health_score", "<", 60)),
    (("share", "<", 0.35), ("growth_forecast", ">=", 0.08)),
    (("headroom", ">=", 400000), ("growth", ">=", 0.05)),
)
TRIGGERS: tuple[tuple[Test, ...], ...] = (
    (("tier", ">=", 2), ("tier", "<=", 3), ("growth", ">=", 0.2)),
    (("tier", "==", 3), ("headroom", ">=", 1000000)),
    (("tier", "==", 1), ("growth", "<", -0.1)),
    (("tier", "<=", 2), ("gross_margin", "<", 0.2)),
    (("tier", "<=", 2), ("cts", ">=", 0.35)),
    (("tier", "<=", 2), ("days_since_qbr", ">", 180)),
    (("days_to_end", "<=", 60),),
    (("tier", "<=", 2), ("state", "==", 0)),
)


def rows_of(table: DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dicts, day counts made ready, as a program that takes one account at a time would want them."""
    counts = {"days_to_end": (col("contract_end") - AS_OF).dt.total_days(), "days_since_qbr": (AS_OF - col("last_qbr")).dt.total_days()}
    return table.with_columns(**counts).drop("contract_end", "last_qbr", "manager", "region").to_dicts()


def derived(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with its ratios beside it."""
    revenue, spend, prior = row["revenue_current"], row["potential_spend"], row["revenue_prior"]
    share, growth, cts = revenue / spend, (revenue - prior) / prior, row["cost_to_serve"] / revenue
    return {**row, "share": share, "headroom": spend - revenue, "growth": growth, "cts": cts}


def tier_of(rule: int) -> int:
    """Return the tier that a tier rule gives; rule 0 catches accounts that do not pass the gates."""
    return rule or 4


def decision(
    row: dict[str, Any], gates: tuple[bool, ...], bands: tuple[int, ...], tier_rule: int, state_rule: int, fired: list[int]
) -> tuple[Any, ...]:
    """Return a decision from the numbers of the rules that made it."""
    score = sum(points[band] for points, band in zip(POINTS, bands, strict=True))
    tier, state = tier_of(tier_rule), STATE_OF_RULE[state_rule]
    nrr_rule = state * 4 + tier - 1
    nrr = NRR[nrr_rule]
    action = ACTIONS[fired[0]] if fired else None
    trail = (gates, bands, tier_rule, state_rule, nrr_rule, fired)
    return (row["account_id"], score, tier, STATES[state], nrr, row["revenue_current"] * nrr, action, trail)


def parts(widths: list[int]) -> list[tuple[int, int]]:
    """Return shift and width of each part of a code, from the lowest bit up."""
    return [(low, high - low) for low, high in pairwise(accumulate(widths, initial=0))]


SCORE, *REST = parts([9, *[3] * 10, 3, 3, 3, 4, 8])
BANDS, (GATE_BITS, TIER, STATE, NRR_RULE, FIRED) = REST[:10], REST[10:]
"""Score and trail in one integer, as the peers that decide by columns keep it: shift and width of each part."""


def fused(criterion: int, band: int) -> int:
    """Return what a band adds to the code: its weighted points in the low bits, its number in its own."""
    return POINTS[criterion][band] + (band << BANDS[criterion][0])


CODES = {None: 0, "promote": 1, "demote": 2, "review": 3}
"""How a peer that decides by columns writes an action."""


def told_by_codes(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the decisions that the codes of some rows tell, held against the columns beside them."""
    found = []
    for id_, qualified, score, tier, state, nrr, target, action, code, revenue in rows:
        told = _unfused(id_, code, revenue)
        beside = (all(told[-1][0]), *told[1:3], told[-1][4] // 4, *told[4:6], CODES[told[6]])
        assert beside == (qualified, score, tier, state, nrr, target, action), told
        found.append(told)
    return found


def _unfused(id_: str, code: int, revenue: int) -> tuple[Any, ...]:
    def part(place: tuple[int, int]) -> int:
        return code >> place[0] & (1 << place[1]) - 1

    gates = tuple(bool(part(GATE_BITS) >> i & 1) for i in range(3))
    fired = [i for i in range(8) if part(FIRED) >> i & 1]
    row = {"account_id": id_, "revenue_current": revenue}
    found = decision(row, gates, tuple(part(band) for band in BANDS), part(TIER), part(STATE), fired)
    assert (found[1], found[-1][4]) == (part(SCORE), part(NRR_RULE)), found
    return found
