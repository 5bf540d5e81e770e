"""The weights of the criteria do not add up to 100%, or one of them is not above 0%.

The composite is a mean in which each criterion has its share. With 95% in all, every score would be read as lower or
higher than the policy means. A criterion of weight 0% decides nothing and only looks as if it did.

Example:
    - {id: growth, weight: 60%}
    - {id: margin, weight: 35%}

Instead:
    - {id: growth, weight: 60%}
    - {id: margin, weight: 40%}
"""

TITLE = "The weights do not sum to 100%"
LEVEL = "error"
