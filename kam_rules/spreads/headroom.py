"""By growth headroom: who has more left to win carries more of the supplement.

The policy says what headroom is, as a metric or a field of type money called `headroom`. Below zero it counts as zero;
where it is missing the account carries nothing, and the reconciliation says how many such accounts there are. A part larger
than the headroom under it is refused.

Example:
    spread: headroom

Prefer it where wallets are known: it asks for growth where growth can come from.
"""

from __future__ import annotations

from collections.abc import Mapping

from kam_rules.model.document import Doc
from kam_rules.model.tree import Read
from kam_rules.model.types import Type
from kam_rules.spreads import Fault, Weight

SCHEMA = None
NAME = "headroom"


def lower(doc: Doc, names: Mapping[str, Read], fault: Fault) -> Weight | None:
    """Return the policy's headroom."""
    found = names.get(NAME)
    if found is None or found.type is not Type.MONEY:
        fix = "define a metric headroom of type money, or write spread: {metric: NAME}"
        fault("KR324", "no metric and no field of type money is called 'headroom'", doc.where, fix)
        return None
    return Weight(figure=found, text=NAME)
