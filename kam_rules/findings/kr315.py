"""An assumption has no value on the first day of the policy.

A value holds from its date until the next date. Before the first date there is none, and targets that read it could
not be worked out.

Example:
    inflation:
      2026-10-01: {value: 5%, source: Planning rates, approved_by: finance}

Instead:
    inflation:
      2026-07-01: {value: 5%, source: Planning rates, approved_by: finance}
"""

TITLE = "An assumption that starts too late"
LEVEL = "error"
