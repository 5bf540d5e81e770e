"""The figures of the second policy, for both its plain-Python meaning and its Polars by hand. Scores are in hundredths."""

from __future__ import annotations

REVENUE = (1_000_000_000, 5_000_000_000, 20_000_000_000, 60_000_000_000, 150_000_000_000, 400_000_000_000, 1_000_000_000_000)
REVENUE_SCORES = (0, 1000, 2500, 4000, 6000, 7500, 9000, 10000)
HEADROOM = (0, 2_000_000_000, 10_000_000_000, 40_000_000_000, 100_000_000_000, 300_000_000_000, 1_000_000_000_000)
HEADROOM_SCORES = (0, 1500, 3000, 4500, 6000, 7500, 9000, 10000)
HEALTH = (300, 400, 500, 600, 700, 800, 900)
"""In tenths."""
HEALTH_SCORES = (0, 1250, 2500, 4000, 5500, 7000, 8500, 10000)
ENGAGEMENT_SCORES = (0, 2000, 5000, 8000, 10000)
SEGMENTS = {"public": 0, "retail": 1, "finance": 2, "health": 3, "industry": 4, "other": 5}
SEGMENT_SCORES = (3000, 4500, 9000, 8000, 6000, 2000)
CHURN = (500, 1000, 2000, 3000, 4500, 6000)
"""In ten-thousandths, as the discount."""
CHURN_SCORES = (10000, 9000, 7500, 5500, 3500, 1500, 0)
TENURE = (6, 12, 24, 48, 96, 180)
TENURE_SCORES = (0, 2000, 4000, 6000, 7500, 9000, 10000)

WEIGHTS = {"K01": 15, "K02": 12, "K03": 12, "K04": 10, "K05": 10, "K06": 10, "K07": 8, "K08": 8, "K09": 8, "K10": 7}
MIN_COVERAGE = 75
NEUTRAL_HEADROOM, NEUTRAL_SEGMENT = 5000, 4000
EDGES = (7200, 6200, 5800, 5200, 4200, 3000)
"""Every edge of the score that a tier names."""

TIERS = ("not_qualified", "platinum", "gold", "silver", "bronze", "watch", "rest")
STATES = ("lapsed", "prospect", "at_risk", "defend", "expand", "grow", "harvest", "mature")
STATE_OF_RULE = (0, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 7)
"""Of each rule; the first two are built in and take accounts with base 0."""
NAMED = {
    2: {1: (8800, 8000), 2: (8600, 7800), 3: (8400, 7600), 4: (8200, 7400), 0: (8000, 7200)},
    3: {1: (9850, 9200), 2: (9700, 9100), 3: (9550, 9000), 4: (9400, 8800), 0: (9200, 8600)},
    4: {1: (13000, 11250), 2: (12650, 11000), 3: (12200, 10800), 4: (11800, 10600), 5: (11400, 10400), 0: (11000, 10200)},
    5: {1: (12100, 10800), 2: (11825, 10700), 3: (11500, 10600), 4: (11200, 10400), 0: (10900, 10200)},
    6: {0: (10275, 9700)},
    7: {1: (10825, 10200), 2: (10725, 10100), 3: (10600, 10000), 0: (10450, 9900)},
}
"""By state, then by tier with 0 for all others: target and floor in hundredths of a percent."""
ACTIONS = ("promote",) * 4 + ("demote",) * 4 + ("review",) * 6

Target = tuple[int, int, int | None, int | None]


def _targets() -> dict[tuple[int, int], Target]:
    """Return rule, mask of unknown rules, target and floor by state and tier; tier -1 is undecided."""
    found: dict[tuple[int, int], Target] = {}
    for tier in range(-1, len(TIERS)):
        found[1, tier], found[0, tier] = (0, 0, None, None), (1, 0, None, None)
    first = 2
    for state, lines in NAMED.items():
        order = {tier: first + i for i, tier in enumerate(lines)}
        for tier in range(len(TIERS)):
            line = tier if tier in lines else 0
            found[state, tier] = (order[line], 0, *lines[line])
        named = sum(1 << rule for tier, rule in order.items() if tier)
        found[state, -1] = (-1, named, None, None) if named else (order[0], 0, *lines[0])
        first += len(lines)
    return found


TARGETS = _targets()
"""Rule numbers count the two built-in rules for base 0 first."""
