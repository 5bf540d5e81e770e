"""`kam-rules explain RUN rep:ID` tells a rep's quota, `team:NAME` a team's.

Example:
    kam-rules explain RUN rep:R-99

Instead:
    kam-rules explain RUN rep:R-01
"""

TITLE = "There is no such rep or team in the run"
LEVEL = "error"
