"""Customers that were merged, split or acquired within the year: who went into whom, and with how much of the base.

The cohort of a run is closed on its first day, under the ids of that day; the actuals come under those of the last. So what a
successor brought is told apart by the base that went into it: its own, and that of each predecessor, which then has an end
like any other. A customer that merged away is neither lost nor, as its successor, new business. One that keeps a part of its
base keeps a row of its own. An acquired customer that nobody names here stays new business.

Example:
    lineage:
      file: lineage.csv
      columns: {predecessor: from, successor: into, kind: kind, base: base_carried}
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.schema import Schema
from kam_rules.model.types import Field, Type

DECIMALS = 4
FIELDS = (
    Field("predecessor", Type.TEXT, 0, required=True, meaning="The account of the run, by its id of the first day"),
    Field("successor", Type.TEXT, 0, required=True, meaning="The account that the actuals name in its place"),
    Field("kind", Type.CATEGORY, 0, required=True, values=("merged", "split", "acquired"), meaning="What happened"),
    Field("base", Type.NUMBER, DECIMALS, required=True, least=Fraction(0), meaning="The base that went over, in the policy's currency"),
    Field("on", Type.DATE, 0, meaning="When it happened"),
)
LEAST = ("predecessor", "successor", "kind", "base")
KEYS: dict[str, Schema] = {}
NEEDED = ()
COPIES = False
