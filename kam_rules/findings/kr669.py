"""The file of overrides names another policy or another year than the run's.

An exception that was granted for one year does not hold for the next by being left in a folder.

Example:
    fiscal_year: FY2026, and the run is of FY2027

Instead:
    name the file of this year, and have its lines approved
"""

TITLE = "Overrides of another policy or year"
LEVEL = "error"
