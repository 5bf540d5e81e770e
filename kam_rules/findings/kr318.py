"""The policy is not in force on the day that is asked for.

A run decides for the day of its data, or for the policy's first day where the data is older. Data from after the last
day belongs to the next year's policy.

Example:
    kam-rules run policies/fy2026.yaml data.yaml   # as_of: 2026-09-30

Instead:
    kam-rules run policies/fy2027.yaml data.yaml   # as_of: 2026-09-30
"""

TITLE = "Not in force on that day"
LEVEL = "error"
