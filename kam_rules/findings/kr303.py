"""Edges or limits stand in the wrong order.

A band holds from its edge up to the next, and a range from its smallest to its largest value. Turned round, it would
hold nothing.

Example:
    - {from: lowest, score: 0}
    - {from: 250000, score: 40}
    - {from: 50000, score: 75}

Instead:
    - {from: lowest, score: 0}
    - {from: 50000, score: 40}
    - {from: 250000, score: 75}
"""

TITLE = "Not in rising order"
LEVEL = "error"
