"""History has accounts in a tier that this policy does not have.

Nobody can be an incumbent of a tier that is not there. These accounts start without one: nothing is held, and nothing
is waited for.

Example:
    ACC-1,2026-02-01,gold

Instead:
    ACC-1,2026-02-01,strategic
"""

TITLE = "A tier of another policy"
LEVEL = "warning"
