"""The policy before, on which this one builds: only what differs is written again.

Keys are merged one by one, and so are lists whose items have an id, item by item in the older order. A new item stands
before `otherwise`, or where `before: ID` or `after: ID` says. `remove: true` drops an item, or what stands under a key.
A list without ids, such as bands, is replaced whole. A dated figure gains dates. Every value keeps its own file and line,
and what a policy extends may extend another. Editors complete such a file by `schemas/extending.schema.json`.

Example:
    extends: fy2026.yaml

Prefer to say why beside each value that differs: `because:` is inherited, too, and may no longer be true.
Avoid a change to a policy that others extend: it changes theirs. A policy that is in force is left as it is.
"""

from __future__ import annotations

from kam_rules.model.document import Doc
from kam_rules.model.schema import text
from kam_rules.sections._draft import Draft

SCHEMA = text("The file of the policy before, seen from this file's folder; what is not written here is as it says there")
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Add nothing: what it names has been merged before."""
