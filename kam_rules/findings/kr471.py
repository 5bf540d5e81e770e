"""Rows of history are of the day of the decision or later.

They were not known on that day and were left out; so a run of last year comes out as it did last year.

Example:
    effective on 2026-07-01, and a review of 2026-08-01 in history.csv

Instead:
    effective on 2026-08-02, and a review of 2026-08-01 in history.csv
"""

TITLE = "History after the day of the decision"
LEVEL = "note"
