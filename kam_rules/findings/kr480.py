"""A trigger reads a column of a watched table that has no value in any row.

As a rule the data file does not map it. Its condition is unknown for every row, so the trigger is never true.

Example:
    quarters: {file: q.csv, absent_rows: zero, columns: {account_id: id, date: day}}

Instead:
    quarters: {file: q.csv, absent_rows: zero, columns: {account_id: id, date: day, margin: margin}}
"""

TITLE = "A watched column that holds nothing"
LEVEL = "warning"
