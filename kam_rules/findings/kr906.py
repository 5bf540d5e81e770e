"""A rating of something that the policy does not ask for as a rating or a number.

The answer would decide nothing, and the rater would not know. Nothing was decided.

Example:
    account_id,who,question,points
    ACC-1,ana,aligment,4

Instead:
    account_id,who,question,points
    ACC-1,ana,alignment,4
"""

TITLE = "A rating of nothing that is asked"
LEVEL = "error"
