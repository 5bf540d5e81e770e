"""A predecessor keeps a part of its base and has no row of its own.

Nobody can tell whether that part was lost or forgotten. The year was not judged.

Example:
    from,into,kind,base_carried
    ACC-1,ACC-7,split,60000       # of 100000, and the actuals have no ACC-1

Instead:
    from,into,kind,base_carried
    ACC-1,ACC-7,split,100000
"""

TITLE = "A part of a base without a row"
LEVEL = "error"
