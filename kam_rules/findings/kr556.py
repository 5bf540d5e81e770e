"""The results give a target to a measure whose target is the quota of the run.

One of the two would have to be left out in silence.

Example:
    R-01,quota,2600000,2500000       target: quota in the plan

Instead:
    R-01,quota,2600000,
"""

TITLE = "Two targets for one measure"
LEVEL = "error"
