"""Two bands or rules next to each other give the same.

One of them says as much, and a reader looks for a difference that is not there. Two rules whose because: differs are
left alone: there the difference is the reason.

Example:
    bands: [{from: lowest, score: 0}, {from: 50000, score: 40}, {from: 80000, score: 40}]

Instead:
    bands: [{from: lowest, score: 0}, {from: 50000, score: 40}, {from: 80000, score: 60}]
"""

TITLE = "Neighbours that decide alike"
LEVEL = "note"
