"""A straight line from score 0 at `worst` to score 100 at `best`, level beyond both ends, kept at two places.

Where less is better, `worst` is the larger value. The ends are fixed by the policy, so that a score never moves
because of other accounts.

Example:
    line: {worst: 90%, best: 10%}

Prefer bands where people should be able to say in words why an account scored so.
Avoid ends that no account can reach: the best score is then never given.
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.feel.units import phrase
from kam_rules.model.document import Doc, Mapping
from kam_rules.model.schema import literal as literal_shape
from kam_rules.model.schema import record
from kam_rules.model.tree import Arith, Const, Extreme, Node, Round, number, type_of
from kam_rules.model.types import Type
from kam_rules.scales import Fault, Literal, Scaled

SCHEMA = record(
    "A straight line from score 0 to score 100",
    {
        "worst": literal_shape("The value that scores 0, in the measure's own unit"),
        "best": literal_shape("The value that scores 100, in the measure's own unit"),
    },
    ("worst", "best"),
)
FULL = 100


def lower(doc: Doc, measure: Node, literal: Literal, fault: Fault, name: str) -> Scaled | None:  # noqa: ARG001 - Protocol
    """Return the line as one figure: (x − worst) / (best − worst) × 100, between 0 and 100, rounded to 2 places."""
    if not isinstance(doc, Mapping):
        return None
    if not type_of(measure).numeric:
        fault("KR320", f"a line needs a number, not {phrase(type_of(measure))}", doc.where, "use bands with is:")
        return None
    ends = [literal(scalar) for key in ("worst", "best") if (scalar := doc.scalar(key)) is not None]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:  # noqa: PLR2004 - worst and best
        return None
    worst, best = Fraction(str(ends[0].value)), Fraction(str(ends[1].value))
    if worst == best:
        fault("KR313", "'worst' and 'best' are the same value", doc.key_where("best"), "make them differ, or use bands")
        return None
    type_ = type_of(measure)
    way = Arith("-", measure, Const(worst, type_), type_)
    share = Arith("/", way, Const(best - worst, type_), Type.RATIO)
    points = Arith("*", share, number(FULL), Type.NUMBER)
    clamped = Extreme("max", (number(0), Extreme("min", (number(FULL), points), Type.NUMBER)), Type.NUMBER)
    return Scaled(Fraction(0), Fraction(FULL), figure=Round(clamped, 2, Type.NUMBER), line=(worst, best))
