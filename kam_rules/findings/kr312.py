"""A state or a tier has no target, has two, or the target stands under a name that no rule gives.

Every account has a state, and its target follows from it. A state without a target would leave its accounts without
one in silence.

Example:
    by_state:
      at_risk: {target: 80%}
      # mature is missing

Instead:
    by_state:
      at_risk: {target: 80%}
      mature: {target: 110%}
"""

TITLE = "A state without a target"
LEVEL = "error"
