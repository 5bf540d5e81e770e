"""Some or all of a rep's supplement stays with the rep: its accounts are all left out, or weigh nothing, or a unit is left.

The rep's quota holds it all the same.

Example:
    to_accounts: {spread: headroom, leave_out: [at_risk, mature]}

Instead:
    to_accounts: {spread: target, leave_out: [at_risk]}
"""

TITLE = "A supplement does not go down to accounts"
LEVEL = "warning"
