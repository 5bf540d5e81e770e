"""A policy that extends another does not say when it is in force.

It would be in force on the very days of the older one, and two policies would decide each of them.

Example:
    extends: fy2027.yaml
    fiscal_year: FY2028

Instead:
    extends: fy2027.yaml
    fiscal_year: FY2028
    effective: {from: 2027-07-01, to: 2028-06-30}
"""

TITLE = "An extending policy without days of its own"
LEVEL = "error"
