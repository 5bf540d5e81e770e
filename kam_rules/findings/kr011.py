"""The file is empty, or holds something other than keys with values.

A policy starts with a key and its value. Each key is a plain text, not a list. Where a data file is asked for, a CSV or a
workbook is the accounts themselves: `kam-rules data inspect` writes the data file that names it.

Example:
    [policy, owner]: key-accounts

Instead:
    policy: key-accounts
    owner: revenue-operations
"""

TITLE = "Not keys with values"
LEVEL = "error"
