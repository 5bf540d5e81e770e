"""A cell is written otherwise than its column.

One convention holds for a whole column and is never changed for a cell: where thousands have points, 12.50 is no
number. In a required field the account was refused, else the value is missing.

Example:
    Umsatz
    1.234,50
    12.50

Instead:
    Umsatz
    1.234,50
    12,50
"""

TITLE = "A cell that does not fit its column"
LEVEL = "error"
