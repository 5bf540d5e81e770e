"""An account buys more from us than its whole wallet holds.

A wallet is what a customer spends in our category, with anyone, so it is never less than what we sell to them. Penetration is
over 100%, headroom below zero, and both decide. The account was decided all the same.

Example:
    account_id,revenue,wallet
    ACC-1,300000,250000

Instead:
    account_id,revenue,wallet
    ACC-1,300000,450000
"""

TITLE = "More than the whole wallet"
LEVEL = "warning"
