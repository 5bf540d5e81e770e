"""All cells of a column can be read in two ways, and the two give different values.

03/04/2026 is in March or in April; 1.234 is a little more than one or more than a thousand. The column is looked at as
a whole, and where no cell settles it the question goes to whoever knows the export. Nothing was decided.

Example:
    columns:
      last_order: Last Order

Instead:
    columns:
      last_order: {column: Last Order, written: month/day/year}
"""

TITLE = "A column that can be read in two ways"
LEVEL = "error"
