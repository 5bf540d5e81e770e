"""The figure lies outside targets.plausible, so it is not believed.

One digit typed twice turns 112% into 1112%, and ten times the target would reach the account managers. If the figure
is meant, widen targets.plausible.

Example:
    high_potential: {target: 1112%}

Instead:
    high_potential: {target: 112%}
"""

TITLE = "A target that nobody can mean"
LEVEL = "error"
