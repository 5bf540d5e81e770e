"""No rule of `assign` gives a plan, and no blend that is given is made of it.

A plan that stands in the policy and pays nobody is a promise that somebody will ask about.

Example:
    plans: [{id: growers, …}, {id: defenders, …}]
    assign: {rules: [{id: all, otherwise: true, plan: growers}]}

Instead:
    assign: {rules: [{id: at_risk, when: at_risk_share >= 50%, plan: defenders}, {id: all, otherwise: true, plan: growers}]}
"""

TITLE = "A plan that nobody can have"
LEVEL = "error"
