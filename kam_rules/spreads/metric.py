"""By a metric or field of the policy: money, a number or a count. Below zero it counts as zero; missing carries nothing.

A metric weighs at the decimals of its unit, half to even: money in smallest units, a number at 6 places.

Example:
    spread: {metric: contribution}
"""

from __future__ import annotations

from collections.abc import Mapping

from kam_rules.model.document import Doc, Scalar
from kam_rules.model.names import did_you_mean
from kam_rules.model.schema import identifier
from kam_rules.model.tree import Read
from kam_rules.model.types import Type
from kam_rules.spreads import Fault, Weight

SCHEMA = identifier("The metric or field to weigh by")
WEIGHABLE = (Type.MONEY, Type.NUMBER, Type.INTEGER)


def lower(doc: Doc, names: Mapping[str, Read], fault: Fault) -> Weight | None:
    """Return the metric or field of that name."""
    text = doc.text if isinstance(doc, Scalar) else ""
    found = names.get(text)
    if found is None:
        fault("KR202", f"there is nothing called '{text}'", doc.where, did_you_mean(text, names))
        return None
    if found.type not in WEIGHABLE:
        fault("KR324", f"'{text}' is of type {found.type}, which is no weight", doc.where, "name money, a number or an integer")
        return None
    return Weight(figure=found, text=text)
