"""All criteria lie on one side of an axis, or serve one purpose.

Article 001 asks for a mix: counted and judged, of today and of what may come, about the customer and about us. A side
without any weight cannot move a tier.

Example:
    - {id: revenue, kind: quantitative, weight: 100%}

Instead:
    - {id: revenue, kind: quantitative, weight: 60%}
    - {id: ease, kind: qualitative, weight: 40%}
"""

TITLE = "A one-sided mix of criteria"
LEVEL = "warning"
