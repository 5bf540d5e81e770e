"""A parent and accounts below it both bring a base, and it may be the same money.

A CRM often shows the whole company's revenue at its head office and again at each branch. Summed, it counts twice, in every
total, target and share. The data file says how it is meant; a parent with exactly what its branches bring is told in any case.

Example:
    account_id,parent_id,revenue
    ACC-1,,300000
    ACC-2,ACC-1,100000
    ACC-3,ACC-1,200000

Instead:
    roll_up: {method: parent_has_all}    # in the data file
"""

TITLE = "Parent and child may be the same money"
LEVEL = "warning"
