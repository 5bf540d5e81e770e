"""How the criteria add up: how much must be known, and to how many decimals the composite is rounded.

The composite is the weighted mean of the criteria's scores. Below `min_coverage` (the weight of criteria with data)
there is no score. The rounded figure is what tiers compare.

Example:
    scoring: {min_coverage: 70%, round: 2}

Prefer a coverage that leaves at most one weighty criterion out.
Avoid 0%: a score of one answer would rank beside a score of nine.
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.document import Doc, Mapping, at
from kam_rules.model.schema import integer, percent, record
from kam_rules.sections._draft import Draft

SCHEMA = record(
    "How the criteria add up",
    {
        "min_coverage": percent("The least weight of criteria with data for which there is a score"),
        "round": integer("Decimals of the composite, half to even", 0, 6),
    },
    ("min_coverage", "round"),
)
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep both figures."""
    if not isinstance(doc, Mapping):
        return
    draft.min_coverage = draft.percent(doc.scalar("min_coverage"))
    if not 0 <= draft.min_coverage <= 1:
        message = f"'min_coverage' is a percent from 0% to 100%, not {doc.text('min_coverage')}"
        draft.fault("KR106", message, at(doc, ("min_coverage",)), "write a percent such as 70%")
    draft.round = int(draft.number(doc.scalar("round")) or Fraction(0))
