"""The workbook is not one that a policy can be read from.

Sheets and columns stay as they were exported. Cells hold figures and words: a formula, a date that the spreadsheet made,
or a note beside the table has no place in a policy, and nothing of it is dropped in silence.

Example:
    the cell C4 of the sheet tiers holds =B4*2

Instead:
    the cell C4 holds 50
"""

TITLE = "A workbook that cannot be read"
LEVEL = "error"
