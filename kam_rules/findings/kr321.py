"""The ladder does not hold every gap once, or a rung would do what its gaps cannot bear.

Rungs stand in rising order; each ends with below or up_to, the last says otherwise: true. A surplus cannot be spread, and
a shortfall is no surplus.

Example:
    ladder:
      - {id: rep, up_to: 5%, then: rep_supplement, spread: target}

Instead:
    ladder:
      - {id: cushion, below: 0%, then: surplus}
      - {id: rep, up_to: 5%, then: rep_supplement, spread: target}
      - {id: too_large, otherwise: true, then: escalated, new_business_plan: 4000000}
"""

TITLE = "A rung of the ladder cannot stand where it stands"
LEVEL = "error"
