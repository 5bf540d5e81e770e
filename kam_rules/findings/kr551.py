"""The results or the target pay name a person or a team that the run does not have.

Nobody is paid for accounts that nobody gave it: the run says who holds what. A manager's results stand under its own id, a
team's under team:NAME.

Example:
    R-99,revenue,104,100

Instead:
    R-09,revenue,104,100
"""

TITLE = "Nobody in the run"
LEVEL = "error"
