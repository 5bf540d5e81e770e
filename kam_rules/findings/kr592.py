"""An account or a quota was asked for by a rep on whose line it does not stand.

A rep sees the own line and the accounts on it. Whether the account exists elsewhere is not told.

Example:
    kam-rules explain runs/july ACC-1002 --for rep:R-01

Instead:
    kam-rules explain runs/july ACC-1001 --for rep:R-01
"""

TITLE = "Not the rep's own"
LEVEL = "error"
