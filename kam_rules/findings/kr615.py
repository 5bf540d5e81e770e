"""Without the table of reps nobody can tell who holds which quota, so the gap was not worked out.

Everything else was decided.

Example:
    accounts: {file: accounts.csv, ...}

Instead:
    accounts: {file: accounts.csv, ...}
    reps: {file: reps.csv, columns: {rep_id: rep_id, manager: manager_id}}
"""

TITLE = "The policy reconciles, and the data name no reps"
LEVEL = "note"
