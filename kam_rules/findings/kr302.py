"""There are more than ten criteria, and article 001 allows at most ten.

With more, no one of them moves a tier and nobody can say why an account scored as it did. Take out those that change
the least.

Example:
    criteria: eleven of them

Instead:
    criteria: the ten that move tiers
"""

TITLE = "More than ten criteria"
LEVEL = "error"
