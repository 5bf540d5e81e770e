"""One of the three questions of article 001 has no gate.

Can we grow with them for years, do they value our strengths, have they shown that they want to partner: all three come
before any score. A gate is known by its id.

Example:
    gates:
      - {id: willingness, ask: Do they want to partner, when: willing}

Instead:
    gates:
      - {id: strategic_alignment, ask: Can we grow with them, when: alignment >= 3}
      - {id: value, ask: Do they value our strengths, when: values_strengths}
      - {id: willingness, ask: Do they want to partner, when: willing}
"""

TITLE = "A gate question that nobody asks"
LEVEL = "warning"
