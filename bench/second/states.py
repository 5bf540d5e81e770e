"""The states of the second policy in plain Python: the first true rule, and what was unknown above it."""

from __future__ import annotations

from typing import Any


def state_rule(r: dict[str, Any], growth: int | None, ways: tuple[int, int], net: int | None, headroom: int | None) -> tuple[int, int]:  # noqa: PLR0911, PLR0912, PLR0915 - tuned: it ends at the first true rule
    """Return the number of the first true rule and the mask of the unknown ones above it.

    `growth` and `net` are differences over prior revenue and base; `ways` the truths of share < and > prior share.
    """
    base, prior, wallet = r["base_revenue"], r["prior_revenue"], r["wallet"]
    if base == 0:
        return (0 if prior else 1), 0
    unknown = 0
    health, churn, to_end = r["health_score"], r["churn_risk"], r["days_to_end"]
    if health is None:
        unknown = 4
    elif health < 400:
        return 2, 0
    if churn is None:
        unknown |= 8
    elif churn >= 6000:
        return 3, unknown
    nps, tickets = r["nps"], r["tickets"]
    if not ((nps is not None and nps >= -20) or (tickets is not None and tickets < 3)):
        if nps is None or tickets is None:
            unknown |= 16
        else:
            return 4, unknown
    sponsor = r["sponsor"]
    if not ((to_end is not None and to_end > 90) or sponsor or (health is not None and health >= 600)):
        if to_end is None or sponsor is None or health is None:
            unknown |= 32
        else:
            return 5, unknown
    lower, higher = ways
    if lower and (growth is None or growth < 0):
        if lower == 1 or growth is None:
            unknown |= 64
        else:
            return 6, unknown
    if not ((to_end is not None and to_end > 180) or (churn is not None and churn < 3500)):
        if to_end is None or churn is None:
            unknown |= 128
        else:
            return 7, unknown
    cost = r["cost_to_serve"]
    if not ((cost is not None and 10 * cost < 3 * base) or (net is not None and 10 * net >= base)):
        if cost is None or net is None:
            unknown |= 256
        else:
            return 8, unknown
    pipeline = r["pipeline"]
    covered = None if not headroom or pipeline is None else headroom > 0 and 10 * pipeline >= headroom
    if not ((wallet and 4 * base >= wallet) or (headroom is not None and headroom < 50_000_000_000) or covered is False):
        if not wallet or headroom is None or covered is None:
            unknown |= 512
        else:
            return 9, unknown
    segment = r["segment"]
    if not ((segment is not None and segment not in ("finance", "health")) or (wallet and 5 * base >= 2 * wallet)):
        if segment is None or not wallet:
            unknown |= 1024
        else:
            return 10, unknown
    if growth is None:
        unknown |= 2048
    elif 5 * growth >= prior:
        return 11, unknown
    if higher and (growth is None or 25 * growth >= 2 * prior):
        if higher == 1 or growth is None:
            unknown |= 4096
        else:
            return 12, unknown
    if pipeline is None:
        unknown |= 8192
    elif 4 * pipeline >= base:
        return 13, unknown
    tenure = r["tenure_months"]
    if not ((tenure is not None and tenure < 120) or (net is not None and 10 * net < 3 * base)):
        if tenure is None or net is None:
            unknown |= 16384
        else:
            return 14, unknown
    return 15, unknown
