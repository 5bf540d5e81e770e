"""The worst and the best value of a line are the same, so it has no slope.

A line gives score 0 at worst and score 100 at best. Where less is better, worst is the larger value.

Example:
    line: {worst: 40%, best: 40%}

Instead:
    line: {worst: 90%, best: 10%}
"""

TITLE = "A line without length"
LEVEL = "error"
