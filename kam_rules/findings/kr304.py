"""The criterion does not say how every value scores, or says it twice.

A criterion has one scale: bands or a line. Bands by edge start at lowest, so that there is no gap below them. Bands
by value list every value that can occur, or end with otherwise.

Example:
    bands: [{is: 1, score: 0}, {is: 3, score: 100}]

Instead:
    bands: [{is: 1, score: 0}, {is: 2, score: 50}, {is: 3, score: 100}]
"""

TITLE = "A scale with a gap"
LEVEL = "error"
