"""The policy limits how far a quota may lie above last year's, and for these reps last year's is not known.

The limit does not hold them.

Example:
    reps: {file: reps.csv, columns: {rep_id: rep_id}}

Instead:
    reps: {file: reps.csv, columns: {rep_id: rep_id, prior_quota: quota_fy2026}}
"""

TITLE = "Reps have no prior quota to hold a limit against"
LEVEL = "note"
