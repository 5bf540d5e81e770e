"""Rows of a watched table are dated after the day of the data.

They were not known on that day, or their date is wrong. They were left out.

Example:
    as_of: 2026-06-30, and an event of 2026-07-15

Instead:
    as_of: 2026-07-31, and an event of 2026-07-15
"""

TITLE = "Rows after the day of the data"
LEVEL = "warning"
