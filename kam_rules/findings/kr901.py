"""A predecessor hands over more base than it had.

What its successors brought would be told apart by a base that never was. The year was not judged.

Example:
    from,into,kind,base_carried
    ACC-1,ACC-7,split,80000
    ACC-1,ACC-8,split,50000       # and its base is 100000

Instead:
    from,into,kind,base_carried
    ACC-1,ACC-7,split,60000
    ACC-1,ACC-8,split,40000
"""

TITLE = "More base carried than there was"
LEVEL = "error"
