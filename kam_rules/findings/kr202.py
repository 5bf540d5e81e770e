"""The condition reads a name that the policy does not define.

Names are the policy's fields, metrics and assumptions, and what earlier stages decided. Capital letters count. A
value of a category is a text and stands in double quotes.

Example:
    when: industry = Retail

Instead:
    when: industry = "Retail"
"""

TITLE = "Nothing has this name"
LEVEL = "error"
