"""Accounts hold a key tier only because of criteria that measure today's spend.

Without those criteria, the others weighed as before among themselves, they would not reach a key tier. Article 002:
customers raised for their spend are 51% less likely to grow it.

Example:
    - {id: revenue, measure: base_revenue, weight: 40%}

Instead:
    - {id: revenue, measure: base_revenue, weight: 10%}
"""

TITLE = "Key by size alone"
LEVEL = "warning"
