"""A line of the roster cannot be right.

A key must be a public one, the days must be in order, nobody stands twice for one day, and no two people share a key. A
limit is an amount in whole currency, or `unlimited`.

Example:
    may_approve: {override: a lot}

Instead:
    may_approve: {override: 250000}
"""

TITLE = "A roster that is at fault"
LEVEL = "error"
