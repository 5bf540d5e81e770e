"""The cell should say yes or no and says something else.

true, yes and 1 are read as yes; false, no and 0 as no. Anything else was read as missing; in a required field the
account was refused.

Example:
    account_id,willing
    ACC-1,probably

Instead:
    account_id,willing
    ACC-1,yes
"""

TITLE = "Neither yes nor no"
LEVEL = "warning"
