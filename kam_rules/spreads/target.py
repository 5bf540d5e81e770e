"""By committed target: who is asked for more carries more of the supplement. Every rep's quota grows by the same percent.

Example:
    spread: target

Prefer headroom where it is known: by target, the largest books carry most, whether or not anything is left to win there.
"""

from __future__ import annotations

from collections.abc import Mapping

from kam_rules.model.document import Doc
from kam_rules.model.tree import Read
from kam_rules.spreads import Fault, Weight

SCHEMA = None


def lower(doc: Doc, names: Mapping[str, Read], fault: Fault) -> Weight | None:  # noqa: ARG001 - Protocol
    """Return the committed target, which every decided account has."""
    return Weight(outcome="target_amount", text="committed target")
