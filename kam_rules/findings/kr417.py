"""The row says another currency than the policy's.

Amounts are not converted, since the rate and its day would be somebody's decision. The account was refused.

Example:
    account_id,currency,revenue
    ACC-1,EUR,250000

Instead:
    account_id,currency,revenue
    ACC-1,USD,290000
"""

TITLE = "Amounts in another currency"
LEVEL = "error"
