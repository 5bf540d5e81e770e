"""On some days two policies of one series are in force.

Each would decide an account, and nothing says which counts.

Example:
    # fy2026.yaml
    effective: {from: 2025-07-01, to: 2026-07-31}
    # fy2027.yaml
    effective: {from: 2026-07-01, to: 2027-06-30}

Instead:
    # fy2026.yaml
    effective: {from: 2025-07-01, to: 2026-06-30}
    # fy2027.yaml
    effective: {from: 2026-07-01, to: 2027-06-30}
"""

TITLE = "Two policies in force on one day"
LEVEL = "error"
