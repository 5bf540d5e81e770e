"""A policy that extends another has no sheets.

A sheet shows whole lists and is taken back into one file, but here the rows stand in several. A change in a row of an
older file would change that year's policy, too.

Example:
    kam-rules sheet export fy2028.yaml fy2028.xlsx

Instead:
    kam-rules sheet export fy2027.yaml fy2027.xlsx
"""

TITLE = "Sheets of a policy that extends another"
LEVEL = "error"
