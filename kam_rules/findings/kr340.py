"""Policies extend each other in a circle.

Each file says what differs from the one before, and in a circle there is no first. The oldest policy is complete in itself.

Example:
    # fy2027.yaml
    extends: fy2028.yaml
    # fy2028.yaml
    extends: fy2027.yaml

Instead:
    # fy2028.yaml
    extends: fy2027.yaml
"""

TITLE = "Policies extend each other in a circle"
LEVEL = "error"
