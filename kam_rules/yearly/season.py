"""Last year's revenue by day: the season that `split: season` follows.

Rows outside the last fiscal year are counted and not read. Credits are negative; a quarter or month in which they outweigh
all else gives no season.

Example:
    season:
      file: revenue.csv
      columns: {date: invoice_date, revenue: amount}
"""

from __future__ import annotations

from kam_rules.model.schema import Schema
from kam_rules.model.types import Field, Type

DECIMALS = 4
FIELDS = (
    Field("date", Type.DATE, 0, required=True, meaning="The day, or the last day of the period, of the revenue"),
    Field("revenue", Type.NUMBER, DECIMALS, required=True, meaning="The revenue, in one currency throughout"),
)
LEAST = ("date", "revenue")
KEYS: dict[str, Schema] = {}
NEEDED = ()
COPIES = True
