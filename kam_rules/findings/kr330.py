"""A share stands where it would mean nobody, nothing, or more than there is.

A downturn takes some of the targets and never more than all; a club takes some of the people. A figure outside these
limits is a slip of the pen.

Example:
    stress: {downturn: [500%]}

Instead:
    stress: {downturn: [5%]}
"""

TITLE = "A share that takes nothing or too much"
LEVEL = "error"
