"""One account of a family cannot be decided, so the family cannot.

Where families are rolled up, a family is one account. A member that is refused takes part of its figures with it, and a sum
without it would be wrong; so all of them were refused, each with its base.

Example:
    account_id,parent_id,revenue
    ACC-1,,300000
    ACC-2,ACC-1,abc

Instead:
    account_id,parent_id,revenue
    ACC-1,,300000
    ACC-2,ACC-1,100000
"""

TITLE = "A family with a refused member"
LEVEL = "error"
