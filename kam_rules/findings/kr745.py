"""Accounts cost more to serve than the book's standard and earn less than that costs.

The standard is the book's own: all cost to serve over all base revenue. Article 004 calls accounts noisy that take service
above it and bring no profit.

Example:
    cost_to_serve 30,000 on a base of 100,000, gross_margin 20,000   # the book spends 12%

Instead:
    cost_to_serve 9,000 on a base of 100,000, gross_margin 20,000
"""

TITLE = "Noisy accounts"
LEVEL = "warning"
