"""At least N of the latest M quarters meet the condition. Unknown where unknown quarters could still make them up.

Example:
    for: 3 of last 4

Prefer it over `consecutive` where one good quarter should not clear three bad ones.
Avoid an N as large as M: that is `consecutive`.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.watch import Window

KEY, PATTERN, SAMPLE = "for", r"(?P<n>\d{1,3}) of last (?P<m>\d{1,3})", "for: 3 of last 4"


def lower(numbers: dict[str, int], window: Window) -> Window:
    """Return the window over the latest M periods, N of which must meet the condition."""
    return replace(window, periods=numbers["m"], least=numbers["n"])
