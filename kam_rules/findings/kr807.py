"""The policy has no section reconciliation, or the data file names no reps.

There is no gap to look at, and nobody to hold a quota.

Example:
    kam-rules reconcile RUN

Instead:
    add reconciliation: to the policy and reps: to the data file, and run again
"""

TITLE = "The run is not reconciled"
LEVEL = "error"
