"""The cell should hold a number and holds something else.

It was read as missing, never as zero; in a required field the account was refused. Numbers have a decimal point and
no commas.

Example:
    account_id,revenue
    ACC-1,"250,000 USD"

Instead:
    account_id,revenue
    ACC-1,250000
"""

TITLE = "Not a number"
LEVEL = "warning"
