"""One part of a condition is true, or false, for every account whose values are known.

The condition reads as if it asked for more than it does. Take the part out, or correct its edge.

Example:
    fields:
      wallet: {type: money, min: 0}
    triggers:
      - {id: breakout, when: growth >= 30% and wallet >= 0}

Instead:
    fields:
      wallet: {type: money, min: 0}
    triggers:
      - {id: breakout, when: growth >= 30% and wallet >= 250000}
"""

TITLE = "A part that decides nothing"
LEVEL = "warning"
