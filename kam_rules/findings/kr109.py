"""This part of the policy language exists, and kam-rules cannot carry it out yet.

It is refused, since a rule that is read and not applied would look like one that is. Leave it out until a version
announces it.

Example:
    reassess: {every: 12 months}

Instead:
    # reassess: {every: 12 months}
"""

TITLE = "Not yet built"
LEVEL = "error"
