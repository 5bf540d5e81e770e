"""The file to add to has other columns than a history, or a name that is not that of a CSV file.

Rows added there would be lost among others, or read as another kind of file later. Nothing was written.

Example:
    kam-rules history RUN accounts.csv

Instead:
    kam-rules history RUN history.csv
"""

TITLE = "Not a history"
LEVEL = "error"
