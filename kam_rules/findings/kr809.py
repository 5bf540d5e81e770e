"""The run holds no quota of that rep or team: `rep:ID` tells a rep's, `team:NAME` a team's.

The name is as the table of reps writes it; a rep without accounts and below nobody holds no quota.

Example:
    kam-rules explain RUN rep:R-99

Instead:
    kam-rules explain RUN rep:R-01
"""

TITLE = "There is no such rep or team in the run"
LEVEL = "error"
