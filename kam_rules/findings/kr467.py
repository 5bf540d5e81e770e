"""The policy does not say how the year's quota falls into periods, or the season is missing or not asked for.

Even, by season, or by renewal: each gives other quarters, so the policy names one. Nothing was divided.

Example:
    periods: {into: quarters, split: season}
    kam-rules periods runs/fy2027

Instead:
    periods: {into: quarters, split: season}
    kam-rules periods runs/fy2027 season.yaml
"""

TITLE = "No rule for periods, or no season"
LEVEL = "error"
