"""The list says if_unknown: flag, but it can meet a missing value that it cannot flag.

A list with hit: unique decides only where one rule is true and all others are known. With a value missing there is no
outcome that could stand, so the account is undecided.

Example:
    states: {hit: unique, if_unknown: flag}

Instead:
    states: {hit: unique, if_unknown: hold}
"""

TITLE = "A missing value that cannot be flagged"
LEVEL = "warning"
