"""The file that the data file names cannot be opened.

Its path is seen from the folder of the data file, not from the folder in which you stand. Nothing was decided.

Example:
    accounts: {file: /tmp/accounts.csv}

Instead:
    accounts: {file: accounts.csv}
"""

TITLE = "The data cannot be opened"
LEVEL = "error"
