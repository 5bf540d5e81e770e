"""A calibration is asked of the tier that takes every other account.

Accounts without one would have no tier at all. A tier with a condition can need one; whoever lacks it competes for
the next.

Example:
    calibration: {…, needed_for: [core]}

Instead:
    calibration: {…, needed_for: [strategic]}
"""

TITLE = "A tier that cannot need a calibration"
LEVEL = "error"
