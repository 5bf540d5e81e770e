"""Some ids look as if a spreadsheet read them as numbers: zeros in front are gone, or 1.23E+05 stands there.

Such an id meets no other source. Read as text when the file is opened, ids stay what they are.

Example:
    AW00000112
    113

Instead:
    AW00000112
    AW00000113
"""

TITLE = "Ids that a spreadsheet has changed"
LEVEL = "warning"
