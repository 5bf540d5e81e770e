"""The condition of a watch compares a row with the account, or reads nothing of the table.

What is asked of a row is counted, what is asked of the account is not. Each stands by itself, with and between.

Example:
    when: margin < target_margin

Instead:
    when: margin < 5% and tier = "key"
"""

TITLE = "A watched condition that mixes row and account"
LEVEL = "error"
