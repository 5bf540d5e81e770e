"""Parents go round in a circle, an account is its own parent, or a chain of parents is deeper than ten.

Members of a group inherit the tier of its head. Where there is none nothing can be inherited, so nothing was decided.

Example:
    account_id,parent
    ACC-1,ACC-2
    ACC-2,ACC-1

Instead:
    account_id,parent
    ACC-1,
    ACC-2,ACC-1
"""

TITLE = "A group without a head"
LEVEL = "error"
