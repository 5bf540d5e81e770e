"""The same key stands twice in one place, and only one of the two could count.

Most programs take the last one without a word, so a figure that you changed in the first would change nothing. Here
neither is taken.

Example:
    scoring: {min_coverage: 70%, round: 2, min_coverage: 60%}

Instead:
    scoring: {min_coverage: 60%, round: 2}
"""

TITLE = "A key stands twice"
LEVEL = "error"
