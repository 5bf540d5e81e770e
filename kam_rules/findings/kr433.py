"""A rep is its own manager, or the manager of one of those above it.

Nothing could be rolled up, so nothing was decided.

Example:
    rep_id,manager_id
    M-01,M-02
    M-02,M-01

Instead:
    rep_id,manager_id
    M-01,
    M-02,M-01
"""

TITLE = "Managers run in a circle"
LEVEL = "error"
