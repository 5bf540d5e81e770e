"""The word asks for a figure of each account that the policy does not have, or that is no weight.

Money, numbers and counts can be weighed; percents cannot be added up.

Example:
    spread: {metric: penetration}

Instead:
    spread: {metric: contribution}
"""

TITLE = "A spread has nothing to weigh by"
LEVEL = "error"
