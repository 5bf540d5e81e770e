"""Potential is measured by what the customer already pays, or by how that grew.

Past growth tells what came, not what could still come: an account that doubled may have nothing left to give. Article 000
asks for penetration and for growth potential.

Example:
    inputs: {maturity: tenure_years, penetration: penetration, potential: growth}

Instead:
    inputs: {maturity: tenure_years, penetration: penetration, potential: headroom}
"""

TITLE = "Potential read off the past"
LEVEL = "warning"
