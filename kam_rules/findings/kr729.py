"""Figures of this section do not say where they come from.

An edge that nobody owns cannot be defended, and cannot be changed with a good conscience. source: names the study, the
count or the person.

Example:
    - {id: key, when: score >= 60, because: What account managers can plan with}

Instead:
    - {id: key, when: score >= 60, because: What account managers can plan with, source: "Council, 14 January 2026"}
"""

TITLE = "A figure without a source"
LEVEL = "note"
