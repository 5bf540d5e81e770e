"""A word stands without the one it needs, or beside one that does not read it.

What is not read would be taken for a rule that holds; what is missing would have to be guessed.

Example:
    periods: {into: quarters, split: renewal}

Instead:
    periods: {into: quarters, split: renewal, date: contract_end}
"""

TITLE = "Words that do not go together"
LEVEL = "error"
