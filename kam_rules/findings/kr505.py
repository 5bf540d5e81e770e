"""The run has no account of that id, or its row was refused.

A refused row was never decided, so there is nothing to explain; faults.csv of the run says what was wrong with it.

Example:
    kam-rules explain runs/july acc-1

Instead:
    kam-rules explain runs/july ACC-1
"""

TITLE = "The account is not in the run"
LEVEL = "error"
