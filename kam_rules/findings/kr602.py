"""The target agreed for this account lies below the floor of its state.

The agreed figure stands, since someone agreed on it, and is listed so that it is seen.

Example:
    at_risk: {floor: 70%, target: 80%}   # planned_nrr of ACC-1: 60%

Instead:
    at_risk: {floor: 70%, target: 80%}   # planned_nrr of ACC-1: 75%
"""

TITLE = "An agreed target below its floor"
LEVEL = "warning"
