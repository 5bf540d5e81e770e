"""A plan has other parts than its kind.

Team Performance has one part of the team and one of the individual, Portfolio and Renewal have one, a blend has none and is
made of other plans.

Example:
    {id: large_accounts, kind: team_performance, parts: [{of: team, share: 100%, measures: …}]}

Instead:
    {id: large_accounts, kind: portfolio, parts: [{of: team, share: 100%, measures: …}]}
"""

TITLE = "A plan is not made as its kind is"
LEVEL = "error"
