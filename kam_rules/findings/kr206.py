"""A condition is true or false, and here stands a figure, a date or a word.

Compare it with something. A field of type flag is a condition by itself.

Example:
    when: penetration

Instead:
    when: penetration < 40%
"""

TITLE = "Not a condition"
LEVEL = "error"
