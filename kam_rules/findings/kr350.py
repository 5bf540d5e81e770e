"""On some days no policy of the series is in force.

On such a day nothing can be decided: a run for it is refused, and a review that falls on it has no rules.

Example:
    # fy2026.yaml
    effective: {from: 2025-07-01, to: 2026-06-29}
    # fy2027.yaml
    effective: {from: 2026-07-01, to: 2027-06-30}

Instead:
    # fy2026.yaml
    effective: {from: 2025-07-01, to: 2026-06-30}
    # fy2027.yaml
    effective: {from: 2026-07-01, to: 2027-06-30}
"""

TITLE = "A hole between two policies"
LEVEL = "error"
