"""The history holds another decision of this account on this day.

What was decided stays as it was decided; a later decision is a review of its own. Nothing was added.

Example:
    ACC-1,2026-05-01,key stands in history.csv, and the run of 2026-05-01 has ACC-1 in core

Instead:
    kam-rules run POLICY DATA --effective-on 2026-05-02
"""

TITLE = "Another decision of the same day"
LEVEL = "error"
