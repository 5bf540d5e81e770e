"""A file of the run is not what it was when the run was written.

Each file is kept with its fingerprint. Whatever such a run says can no longer be relied on, so it is not shown. Take
the run from a copy, or run again with the same policy and data.

Example:
    kam-rules explain runs/july ACC-1   # after decisions.csv was edited

Instead:
    kam-rules explain backup/july ACC-1
"""

TITLE = "A file of the run was changed"
LEVEL = "error"
