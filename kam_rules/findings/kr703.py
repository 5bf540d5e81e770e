"""Some accounts fall to no rule of the list, though nothing about them is missing.

Nothing is decided for them, and no one is told why. An account shows it. A last rule with otherwise takes whatever the
rules above leave.

Example:
    - {id: strategic, when: score >= 80}
    - {id: key, when: score between 40 and 79}

Instead:
    - {id: strategic, when: score >= 80}
    - {id: key, when: score >= 40}
    - {id: core, otherwise: true}
"""

TITLE = "Accounts that no rule takes"
LEVEL = "error"
