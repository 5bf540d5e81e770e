"""No rule, criterion, target or metric that counts reads this field, metric or assumption.

Someone delivers it, keeps it and checks it for no decision. Take it out, or let a rule read it.

Example:
    metrics:
      growth: {type: ratio, is: (base_revenue - prior_revenue) / prior_revenue}   # no rule reads it

Instead:
    metrics:
      growth: {type: ratio, is: (base_revenue - prior_revenue) / prior_revenue}
    triggers:
      - {id: breakout, when: growth >= 50%, then: promote, because: Potential shown}
"""

TITLE = "A name that nothing reads"
LEVEL = "note"
