"""Raters are far apart on an answer.

Their answers were combined as the data file says, and the account decided by the result. Where people who know the account
see it so differently, one of them knows what the others do not; a middle figure hides it. `kam-rules data check` lists all.

Example:
    account_id,who,question,points
    ACC-1,ana,alignment,1
    ACC-1,ben,alignment,5

Instead:
    account_id,who,question,points
    ACC-1,ana,alignment,4
    ACC-1,ben,alignment,5
"""

TITLE = "Raters who disagree"
LEVEL = "note"
