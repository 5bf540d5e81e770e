"""A rule has no condition, has two, or stands where it can never be asked.

Rules are asked from the top, and the last one may say otherwise: true. A rule below it would never fire. A tie-break
is asked only where seats are limited.

Example:
    - {id: core, otherwise: true}
    - {id: key, when: score >= 60}

Instead:
    - {id: key, when: score >= 60}
    - {id: core, otherwise: true}
"""

TITLE = "A rule that can never be reached"
LEVEL = "error"
