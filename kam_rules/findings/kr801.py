"""A gap needs a top-down figure above zero, and a team that has accounts.

No quota was written for the team, or, where the policy names a team that nobody is in, for any.

Example:
    top_down: {per: team, amount: {East: 3100000}}

Instead:
    top_down: {per: team, amount: {East: 3100000, West: 2500000}}
"""

TITLE = "A team's figure from above is not above zero"
LEVEL = "error"
