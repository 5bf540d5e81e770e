"""The target needs more than 6 decimals, so it cannot be kept exactly.

A figure that people are held to is one that can be written down. Say yourself where it is rounded.

Example:
    target: 100% + inflation / 3

Instead:
    target: round(100% + inflation / 3, 4)
"""

TITLE = "A target that never ends"
LEVEL = "error"
