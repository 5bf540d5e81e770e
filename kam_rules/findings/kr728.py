"""Rules of this section do not say why they stand.

Whoever is decided by a rule asks why, and so does an auditor. because: is the sentence that a trail gives.

Example:
    - {id: key, when: score >= 60}

Instead:
    - {id: key, when: score >= 60, because: What account managers can plan with}
"""

TITLE = "A rule without a reason"
LEVEL = "warning"
