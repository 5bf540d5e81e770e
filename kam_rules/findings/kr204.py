"""A ratio is compared with a percent, and here stands a number without the sign.

growth >= 5 could mean 5% or 500%, and a difference of a hundred times must not rest on a guess. Only 0 needs no sign.

Example:
    when: growth >= 5

Instead:
    when: growth >= 5%
"""

TITLE = "A ratio and a bare number"
LEVEL = "error"
