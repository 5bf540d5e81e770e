"""One field of one account is overridden twice, or one account is judged twice.

Which of the two holds would depend on their order, so neither does.

Example:
    - {account: A-03, field: target, to: 70%, …}
    - {account: A-03, field: target, to: 80%, …}

Instead:
    - {account: A-03, field: target, to: 80%, …}
"""

TITLE = "Two overrides for one field"
LEVEL = "error"
