"""The last quarter lies more than a quarter before the day of the data.

What was bad in it may be mended since, and what went bad since is not seen.

Example:
    as_of: 2026-06-30, and quarters up to 2025-12-31

Instead:
    as_of: 2026-06-30, and quarters up to 2026-06-30
"""

TITLE = "Old quarters"
LEVEL = "warning"
