"""Something can go two ways, and the policy does not say which.

It will be decided all the same: by the account id, by an estimate that is wrong, by a year that is shorter than it seems.
Say which way is meant.

Example:
    - {id: strategic, when: score >= 75, capacity: 25}

Instead:
    - {id: strategic, when: score >= 75, capacity: 25, tie_break: [headroom desc]}
"""

TITLE = "A choice that is left open"
LEVEL = "note"
