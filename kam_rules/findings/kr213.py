"""The condition or calculation is longer or deeper than a person can check.

It may have at most 4,000 characters and 64 levels. Give parts of it a name under metrics and write the names.

Example:
    when: ((((((((((a + b) / c) * d) - e) … ) > 0

Instead:
    when: burden > 0
"""

TITLE = "Too long to read"
LEVEL = "error"
