"""A policy that was signed has another content now.

Whoever signed it signed what stood there. Decisions made by it could no longer be told from decisions made by the change.

Example:
    # fy2027.yaml, signed in June, edited in September
    tiers:
      rules:
        - {id: strategic, when: score >= 70, capacity: 25}

Instead:
    # fy2027-october.yaml, to be signed before it counts
    extends: fy2027.yaml
    effective: {from: 2026-10-01, to: 2027-06-30}
    tiers:
      rules:
        - {id: strategic, when: score >= 70}
"""

TITLE = "A signed policy was changed"
LEVEL = "error"
