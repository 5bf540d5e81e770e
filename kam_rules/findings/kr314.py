"""The last day of the policy lies before its first.

Both days count. Most often they were swapped, or the year was not changed when the file was copied.

Example:
    effective: {from: 2027-07-01, to: 2027-06-30}

Instead:
    effective: {from: 2026-07-01, to: 2027-06-30}
"""

TITLE = "The policy ends before it begins"
LEVEL = "error"
