"""The condition or calculation is not written as the language asks.

It reads nearly as it is spoken: health_score < 50 or penetration >= 40%. One = compares; not, and, or are words in
small letters; not takes brackets; a text stands in double quotes; numbers have no commas.

Example:
    when: health_score == 50 && not willing

Instead:
    when: health_score = 50 and not(willing)
"""

TITLE = "The condition cannot be read"
LEVEL = "error"
