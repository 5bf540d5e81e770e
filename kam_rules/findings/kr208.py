"""This number has more digits than a policy keeps.

A number has at most 6 decimals, a percent at most 4, and at most 15 digits in front of the point. More would be a
precision that no source has.

Example:
    when: penetration >= 33.33333%

Instead:
    when: penetration >= 33.3333%
"""

TITLE = "Too many digits"
LEVEL = "error"
