"""Every account whose values are known meets the condition.

A question that everyone passes tells no one apart. A rule that is meant to take everyone says otherwise: true.

Example:
    fields:
      ease: {type: rating, scale: [1, 5]}
    gates:
      - {id: willingness, ask: Are they easy, when: ease >= 1}

Instead:
    fields:
      ease: {type: rating, scale: [1, 5]}
    gates:
      - {id: willingness, ask: Are they easy, when: ease >= 3}
"""

TITLE = "A condition that is never false"
LEVEL = "warning"
