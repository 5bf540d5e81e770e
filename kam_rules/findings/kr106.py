"""This figure or this list lies outside what can stand here.

Scores run from 0 to 100, coverage from 0% to 100%, and a list that must say something is not empty.

Example:
    - {from: 1000000, score: 110}

Instead:
    - {from: 1000000, score: 100}
"""

TITLE = "Too small, too large, too few or too many"
LEVEL = "error"
