"""Criteria that measure today's spend weigh half or more, or more than all that look ahead.

Article 002: customers raised for their spend are 51% less likely to grow it. Size says what a customer was; it does not say
what more people would bring.

Example:
    - {id: revenue, measure: base_revenue, horizon: current, weight: 60%}

Instead:
    - {id: revenue, measure: base_revenue, horizon: current, weight: 20%}
    - {id: growth_potential, measure: headroom, horizon: future, weight: 40%}
"""

TITLE = "Weights that follow today's spend"
LEVEL = "warning"
