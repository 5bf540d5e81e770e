"""The file is not what its ending says, or is damaged.

The line is named where there is one. A quote inside a cell is written twice, and a cell that holds a comma stands in
quotes. Nothing was decided.

Example:
    ACC-1,"The "Best" Shop",1000

Instead:
    ACC-1,"The ""Best"" Shop",1000
"""

TITLE = "The data cannot be read"
LEVEL = "error"
