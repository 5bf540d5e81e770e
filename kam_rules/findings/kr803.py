"""Every rep is at its cap, something is left over, and the rung says rest: refuse.

No quota was written for the team.

Example:
    {id: rep, up_to: 5%, then: rep_supplement, spread: target, cap: 2% of target, rest: refuse}

Instead:
    {id: rep, up_to: 5%, then: rep_supplement, spread: target, cap: 2% of target, rest: manager}
"""

TITLE = "The caps cannot hold the amount"
LEVEL = "error"
