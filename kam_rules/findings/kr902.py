"""A successor that goes into another itself, or takes over the same predecessor twice.

The actuals name customers as they are on the last day, so lineage leads there in one step. The year was not judged.

Example:
    from,into,kind,base_carried
    ACC-1,ACC-2,merged,100000
    ACC-2,ACC-3,merged,300000

Instead:
    from,into,kind,base_carried
    ACC-1,ACC-3,merged,100000
    ACC-2,ACC-3,merged,200000
"""

TITLE = "Lineage of several steps"
LEVEL = "error"
