"""A person who is to be paid has no plan, or two.

No rule of `assign` takes it, a fact that a rule asks for is missing, or two rules of a `unique` list hold.

Example:
    assign: {rules: [{id: at_risk, when: at_risk_share >= 50%, plan: defenders}]}

Instead:
    assign: {rules: [{id: at_risk, when: at_risk_share >= 50%, plan: defenders}, {id: all, otherwise: true, plan: growers}]}
"""

TITLE = "A person without one plan"
LEVEL = "error"
