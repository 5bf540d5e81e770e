"""Last year's revenue gives no season.

Rows all lie in other years, or credits outweigh revenue in a quarter or month; quota cannot follow that. Nothing was
divided.

Example:
    date,revenue
    2024-03-31,250000

Instead:
    date,revenue
    2025-03-31,250000
"""

TITLE = "A season that cannot be followed"
LEVEL = "error"
