"""The place of a rule, as short as it can be told."""

from __future__ import annotations

from kam_rules.model.errors import Where


def short(where: Where | str | None) -> str:
    """Return a place without its folders, such as ``fy2027.yaml:12:5``; what stands in no file is built in."""
    return str(where).rsplit("/", 1)[-1] if where else "built in"
