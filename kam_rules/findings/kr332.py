"""The fiscal year is not made of twelve whole months, and the policy divides it by months or quarters.

A year of 52 weeks has no months of its own; where one would end could only be guessed.

Example:
    effective: {from: 2026-02-01, to: 2027-01-30}
    proration: months

Instead:
    effective: {from: 2026-02-01, to: 2027-01-31}
    proration: months
"""

TITLE = "Months in a year that has none"
LEVEL = "error"
