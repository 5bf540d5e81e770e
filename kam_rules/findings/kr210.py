"""What stands in date(…) is no day of the calendar.

A day is written year, month, day, with two digits for month and day, in double quotes.

Example:
    when: customer_since < date("1/7/2026")

Instead:
    when: customer_since < date("2026-07-01")
"""

TITLE = "Not a date"
LEVEL = "error"
