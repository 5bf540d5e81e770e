"""Two versions of one year's policy are in force on the same day.

A copy was left in the folder, or a change within the year does not build on the version before: with extends: it stands in
its place from its first day on.

Example:
    # fy2027.yaml and fy2027-copy.yaml
    effective: {from: 2026-07-01, to: 2027-06-30}

Instead:
    # fy2027.yaml
    effective: {from: 2026-07-01, to: 2027-06-30}
    # and no copy of it in the folder
"""

TITLE = "Two versions of a year in force on one day"
LEVEL = "error"
