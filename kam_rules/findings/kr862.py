"""A change in the workbook cannot be made in the policy without losing something.

The policy has changed since the export; or a row with a comment was removed, whose comment would go with it; or the rows
stand in another order, which decides in a list where the first rule wins. Such changes are made in the policy's text.

Example:
    the row of a tier with a comment beside it was removed

Instead:
    remove the tier and its comment in the policy's text, and export again
"""

TITLE = "A change that would lose something"
LEVEL = "error"
