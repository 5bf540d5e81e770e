"""A row of the last D days meets the condition, the day that lies D days back included.

Example:
    within: 180 days

Prefer it over events: what happened long ago should not count for ever.
Avoid fewer days than the table takes to arrive.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.watch import Window

KEY, PATTERN, SAMPLE = "within", r"(?P<d>\d{1,5}) days?", "within: 180 days"


def lower(numbers: dict[str, int], window: Window) -> Window:
    """Return the window over the last D days."""
    return replace(window, days=numbers["d"])
