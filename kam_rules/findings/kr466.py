"""An account changes hands in a team whose quota is not assigned.

An escalated team has no quota until someone decides to go on; there is nothing to divide. None of the changes was made.

Example:
    kam-rules mid-year runs/escalated changes.yaml

Instead:
    kam-rules reconcile runs/escalated --proceed manager --by cfo --reason agreed --out decided
"""

TITLE = "A change without a quota"
LEVEL = "error"
