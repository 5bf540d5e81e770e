"""The rep has no decided account in scope, or all of its accounts are in states that the rung leaves out.

It carries no part of the supplement, and its quota stays as it is. The others carry the whole.

Example:
    leave_out: [at_risk]

Instead:
    give the rep other accounts, or leave fewer states out
"""

TITLE = "A rep has no eligible account"
LEVEL = "warning"
