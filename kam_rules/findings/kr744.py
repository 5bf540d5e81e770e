"""Accounts hold a key tier only because of criteria that measure how long they have been customers.

Without those criteria they would not reach a key tier. Article 004: an old customer is no key account for being old.

Example:
    - {id: loyalty, measure: tenure_years, weight: 30%}

Instead:
    - {id: loyalty, measure: tenure_years, weight: 5%}
"""

TITLE = "Key by tenure alone"
LEVEL = "warning"
