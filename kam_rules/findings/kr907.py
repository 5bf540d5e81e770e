"""One rater rates one account and question twice.

Their voice would count twice, or one of two answers would be dropped. Exact copies merge. Nothing was decided.

Example:
    account_id,who,question,points
    ACC-1,ana,alignment,4
    ACC-1,ana,alignment,2

Instead:
    account_id,who,question,points
    ACC-1,ana,alignment,2
"""

TITLE = "One rater twice"
LEVEL = "error"
