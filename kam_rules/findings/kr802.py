"""There is an amount to spread, and every weight is zero or missing.

No quota was written for the team.

Example:
    {id: rep, up_to: 5%, then: rep_supplement, spread: headroom}

Instead:
    {id: rep, up_to: 5%, then: rep_supplement, spread: target}
"""

TITLE = "Nothing weighs"
LEVEL = "error"
