"""This value is not written in the way that is read here: a percent, a day, a name, an amount.

A percent has its sign, so that nobody has to ask whether 0.6 is 60% or 0.6%. A day is written year, month, day. A
name starts with a letter and holds letters, digits and underscores. An empty text says nothing, so it is refused too.

Example:
    weight: 35

Instead:
    weight: 35%
"""

TITLE = "Not written as it is read here"
LEVEL = "error"
