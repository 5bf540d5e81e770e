"""A smallest step across an edge changes what near accounts are asked for.

Accounts within the share that was asked for lie on one side of the edge; had their figure been a little different, their
target would be another. The sum of the changes is told. Where it is large, a line or a step in between is fairer.

Example:
    - {id: at_risk, when: health_score < 50}   # 80% below the edge, 110% above it

Instead:
    - {id: at_risk, when: health_score < 50}
    - {id: watched, when: health_score < 60}   # asked for 100%
"""

TITLE = "A cliff"
LEVEL = "note"
