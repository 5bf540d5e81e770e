"""Two policies that are compared count in different currencies.

What moved between them would be the rate from one currency to the other, and not what the policies decide.

Example:
    kam-rules impact fy2026-usd.yaml fy2027-eur.yaml data.yaml

Instead:
    kam-rules impact fy2026-eur.yaml fy2027-eur.yaml data.yaml
"""

TITLE = "Policies of different currencies"
LEVEL = "error"
