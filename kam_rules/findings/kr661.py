"""What is to take the place of the computed value is no value of that kind.

A tier and a state must be those of the policy, a target a plausible percent of the base. An account with base 0 has neither
state nor target to override. A rejected account needs a tier that is not key.

Example:
    - {account: A-03, field: target, to: 700%, …}

Instead:
    - {account: A-03, field: target, to: 70%, …}
"""

TITLE = "An override that cannot be meant"
LEVEL = "error"
