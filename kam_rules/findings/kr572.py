"""The file to add to has other columns than a history.

Rows added there would be lost among others. Nothing was written.

Example:
    kam-rules history RUN accounts.csv

Instead:
    kam-rules history RUN history.csv
"""

TITLE = "Not a history"
LEVEL = "error"
