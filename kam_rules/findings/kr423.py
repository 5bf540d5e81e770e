"""The cell should hold a day and holds something else.

It was read as missing; in a required field the account was refused. 01/07/2026 is the first of July to some and the
seventh of January to others, so a day is written year, month, day.

Example:
    account_id,last_order
    ACC-1,01/07/2026

Instead:
    account_id,last_order
    ACC-1,2026-07-01
"""

TITLE = "Not a day"
LEVEL = "warning"
