"""The outcome that is asked for is neither a tier nor a state of the policy.

`--why-not` and `--flip` take the name of a tier or of a state, as the policy of the run writes it.

Example:
    kam-rules explain runs/fy2027 ACC-1001 --why-not strategic

Instead:
    kam-rules explain runs/fy2027 ACC-1001 --why-not key
"""

TITLE = "No such tier or state"
LEVEL = "error"
