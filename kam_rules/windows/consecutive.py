"""The latest N quarters all meet the condition. Unknown where one of them is unknown and none fails.

Fewer than N quarters on record are too few: then it is false.

Example:
    for: 2 consecutive

Prefer it where one bad quarter is noise.
Avoid it over quarters that arrive late: the latest is then an old one.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.watch import Window

KEY, PATTERN, SAMPLE = "for", r"(?P<n>\d{1,3}) consecutive", "for: 2 consecutive"


def lower(numbers: dict[str, int], window: Window) -> Window:
    """Return the window over the latest N periods, all of which must meet the condition."""
    return replace(window, periods=numbers["n"], least=numbers["n"])
