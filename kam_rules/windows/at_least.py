"""At least N rows meet the condition: of all on record, or with `within` of the last days.

Example:
    at_least: 3

Prefer it together with `within`.
Avoid 1, which `within` says by itself.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.watch import Window

KEY, PATTERN, SAMPLE = "at_least", r"(?P<n>\d{1,5})", "at_least: 3"


def lower(numbers: dict[str, int], window: Window) -> Window:
    """Return the window of which N rows must meet the condition."""
    return replace(window, least=numbers["n"])
