"""A person has a plan that works against its book.

A Renewal plan where most of the base can grow, and a Portfolio plan where most of it is at risk, are such plans. The first pays for standing still where growth was to be had, the second for growth that nobody can bring. Which states are of
growth and at risk, and from which share on, is what `fit` says.

Example:
    {id: all, otherwise: true, plan: growers}      a Portfolio plan, and 70% of the base is at risk

Instead:
    {id: at_risk, when: at_risk_share >= 50%, plan: defenders}
"""

TITLE = "A plan that does not fit the book"
LEVEL = "warning"
