"""The same for each holder with an eligible account; going down to accounts, the same for each account.

Example:
    spread: equal

Avoid it where books differ in size: the same amount is a rounding error in one and a year's growth in another.
"""

from __future__ import annotations

from collections.abc import Mapping

from kam_rules.model.document import Doc
from kam_rules.model.tree import Read
from kam_rules.spreads import Fault, Weight

SCHEMA = None


def lower(doc: Doc, names: Mapping[str, Read], fault: Fault) -> Weight | None:  # noqa: ARG001 - Protocol
    """Return nothing to weigh by: each counts as one."""
    return Weight(text="equal parts")
